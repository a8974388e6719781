import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { User } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { UserForm } from './UserForm';
import { userActions } from './actions';

export const UsersPage = component(() => {
  const creating = ref(false);
  const columns: Column<User>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (user) => <Person name={user.name} to={at`/users/${user.id}`} />, text: (user) => user.name },
    { id: 'login', title: 'login', sort: 'login', cell: (user) => <code>{user.login}</code>, text: (user) => user.login },
    { id: 'roles', title: 'user.roles', cell: (user) => <span class="chips">{user.roles.map((role) => <Tag key={role.id}>{roleName(role)}</Tag>)}</span>, text: (user) => user.roles.map((role) => role.name).join(' ') },
    { id: 'state', title: 'state', kind: 'tight', cell: (user) => <StateTag state={user.locked ? 'locked' : user.state} />, text: (user) => user.state },
    { id: 'factor', title: 'user.second-factor', kind: 'tight', cell: (user) => (user.secondFactor ? <Tag tone="good">{t('yes')}</Tag> : <Tag tone="wait">{t('user.second-factor.none')}</Tag>), text: (user) => String(user.secondFactor) },
    { id: 'seen', title: 'user.last-sign-in', kind: 'tight', cell: (user) => <RelativeTime time={user.lastSignInAt} none={t('never')} />, text: (user) => user.lastSignInAt ?? '' },
    { id: 'email', title: 'user.email', off: true, cell: (user) => user.email ?? '' },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'created', cell: (user) => <RelativeTime time={user.createdAt} />, text: (user) => user.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['active', 'disabled'].map((value) => ({ value, text: stateName(value) })) }];
  return () => (
    <Page title={t('page.users')} actions={() => may('users.manage') && <Button kind="primary" icon="user-plus" onClick={() => { creating.value = true; }}>{t('user.new')}</Button>}>
      <ResourceTable<User>
        id="users" path="/users" label={t('page.users')} columns={columns} filters={filters} searchBy={['name', 'login']} rowLink={(user) => at`/users/${user.id}`}
        rowActions={may('users.manage') ? userActions : undefined} empty={() => <EmptyState icon="users" title={t('users.empty')} text={t('users.empty.text')} />}
      />
      {creating.value && <UserForm user={null} onClose={() => { creating.value = false; }} />}
    </Page>
  );
});
