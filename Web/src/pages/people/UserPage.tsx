import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { User } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { AuditTable } from '../audit/AuditTable';
import { RememberedDevices } from '../profile/RememberedDevices';
import { SessionTable } from '../sessions/SessionTable';
import { ProgramAccess } from './ProgramAccess';
import { FaceFactor } from './FaceFactor';
import { RadiusFactor } from './RadiusFactor';
import { UserForm } from './UserForm';
import { userActions } from './actions';

export const UserPage = component(() => {
  const id = route.params.user ?? '';
  const answer = useQuery<User>(() => at`/users/${id}`);
  const editing = ref(false);
  const tabs = () => [
    { id: 'overview', text: t('tab.overview') },
    ...(may('users.manage') ? [{ id: 'programs', text: t('tab.programs') }] : []),
    ...(may('sessions.read') ? [{ id: 'sessions', text: t('page.sessions') }] : []),
    ...(may('audit.read') ? [{ id: 'audit', text: t('page.audit') }] : []),
  ];
  const overview = (user: User) => (
    <Facts>
      <Fact label="login"><code>{user.login}</code></Fact>
      <Fact label="user.email">{user.email ?? '–'}</Fact>
      {user.manager && <Fact label="user.manager">{user.manager.name}{user.managerByProvider && <small>{t('user.manager.by-provider')}</small>}</Fact>}
      <Fact label="user.roles">{user.roles.length ? <span class="chips">{user.roles.map((role) => <Tag key={role.id}>{roleName(role)}</Tag>)}</span> : '–'}</Fact>
      {(user.lentRoles ?? []).length > 0 && <Fact label="user.roles.lent"><span class="chips">{user.lentRoles!.map(({ role, until }) => <Tag key={role.id} tone="wait">{roleName(role)} <RelativeTime time={until} /></Tag>)}</span></Fact>}
      <Fact label="user.second-factor">{user.secondFactor ? <Tag tone="good">{t('yes')}</Tag> : <Tag tone="wait">{t('user.second-factor.none')}</Tag>}</Fact>
      <Fact label="user.password">{user.mustChangePassword ? <Tag tone="wait">{t('user.must-change')}</Tag> : t('user.password.good')}</Fact>
      <Fact label="user.expires"><RelativeTime time={user.expiresAt} none={t('grant.open-end')} /></Fact>
      <Fact label="user.last-sign-in"><RelativeTime time={user.lastSignInAt} none={t('never')} /></Fact>
      <Fact label="created"><RelativeTime time={user.createdAt} /></Fact>
      <Fact label="id"><CopyId id={user.id} short /></Fact>
    </Facts>
  );
  const show = (user: User) => {
    const tab = currentTab(tabs());
    const actions = () => may('users.manage') && [<Button icon="edit" onClick={() => { editing.value = true; }}>{t('edit')}</Button>, <Menu text={t('table.actions')} label={t('table.actions')} items={userActions(user)} />];
    return (
      <Page title={user.name} state={() => <StateTag state={user.locked ? 'locked' : user.state} />} actions={actions}>
        <Tabs tabs={tabs()} label={user.name} />
        {tab === 'overview' && overview(user)}
        {tab === 'overview' && may('identity-providers.read') && <RadiusFactor user={user} />}
        {tab === 'overview' && <FaceFactor user={user} />}
        {tab === 'overview' && may('online.read') && <RememberedDevices path={at`/users/${user.id}/remembered-devices`} canForget={may('online.manage')} />}
        {tab === 'programs' && <ProgramAccess user={user} />}
        {tab === 'sessions' && <SessionTable id="user-sessions" path="/sessions" link="/sessions" label={t('page.sessions')} mine always={`user eq "${user.id}"`} empty={() => <EmptyState icon="video" title={t('sessions.empty')} text={t('sessions.empty.text')} />} />}
        {tab === 'audit' && <AuditTable id="user-audit" always={`(actorName eq ${JSON.stringify(user.name)} or targetId eq "${user.id}")`} />}
        {editing.value && <UserForm user={user} onClose={() => { editing.value = false; }} />}
      </Page>
    );
  };
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
