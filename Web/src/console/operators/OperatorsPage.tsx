import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import type { Operator } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { OperatorForm, operatorRole } from './OperatorForm';
import { operatorActions } from './actions';

/** The provider's own people. */
export const OperatorsPage = component(() => {
  const editing = shallowRef<Operator | 'new' | null>(null);
  const columns: Column<Operator>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (person) => <Person name={person.name} />, text: (person) => person.name },
    { id: 'login', title: 'login', sort: 'login', cell: (person) => <code>{person.login}</code>, text: (person) => person.login },
    { id: 'roles', title: 'user.roles', cell: (person) => <span class="chips">{person.roles.map((role) => <Tag key={role}>{operatorRole(role)}</Tag>)}</span>, text: (person) => person.roles.join(' ') },
    { id: 'state', title: 'state', kind: 'tight', cell: (person) => <StateTag state={person.locked ? 'locked' : person.state} />, text: (person) => person.state },
    { id: 'factor', title: 'user.second-factor', kind: 'tight', cell: (person) => (person.secondFactor ? <Tag tone="good">{t('yes')}</Tag> : <Tag tone="wait">{t('user.second-factor.none')}</Tag>), text: (person) => String(person.secondFactor) },
    { id: 'seen', title: 'user.last-sign-in', kind: 'tight', cell: (person) => <RelativeTime time={person.lastSignInAt} none={t('never')} />, text: (person) => person.lastSignInAt ?? '' },
    { id: 'email', title: 'user.email', off: true, cell: (person) => person.email ?? '' },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'created', cell: (person) => <RelativeTime time={person.createdAt} />, text: (person) => person.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['active', 'disabled'].map((value) => ({ value, text: stateName(value) })) }];
  const create = () => { editing.value = 'new'; };
  return () => (
    <Page title={t('page.operators')} actions={() => <Button kind="primary" icon="user-plus" onClick={create}>{t('operator.new')}</Button>}>
      <ResourceTable<Operator>
        id="operators" path="/operators" label={t('page.operators')} columns={columns} filters={filters} searchBy={['name', 'login']}
        rowActions={(person) => operatorActions(person, (one) => { editing.value = one; })}
        empty={() => <EmptyState icon="users" title={t('operators.empty')} text={t('operators.empty.text')} action={t('operator.new')} onAction={create} />}
      />
      {editing.value && <OperatorForm person={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
