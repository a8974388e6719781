import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleAbout, roleName } from '../../core/names';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import type { List, Page as PageOf, PermissionArea, Role, RoleHolder } from '../../api/types';
import { CopyId, EmptyState, Person, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { currentTab, Tabs, type Tab } from '../../ui/Tabs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { mayChange, removeRole } from './actions';
import { Opens } from './PermissionFields';
import { areaName, permissionName } from './permissions';
import { RoleForm, type RoleTask } from './RoleForm';

/** One role: what it opens, and who holds it where. */
export const RolePage = component(() => {
  const answer = useQuery<PageOf<Role>>(() => '/roles?limit=200');
  const catalogue = useQuery<List<PermissionArea>>(() => '/permissions');
  const task = shallowRef<RoleTask | null>(null);
  const permissions = (role: Role, areas: PermissionArea[]) => areas.map((area) => {
    const own = area.permissions.filter((one) => role.permissions.includes(one.code));
    return own.length > 0 && (
      <Section title={areaName(area.area)} key={area.area}>
        <ul class="list">{own.map((one) => <li key={one.code}><div class="grow"><b>{permissionName(one.code)}</b><small><code>{one.code}</code></small><Opens permission={one} /></div></li>)}</ul>
      </Section>
    );
  });
  const show = ({ items }: PageOf<Role>) => {
    const role = items.find((one) => one.id === route.params.role);
    if (!role) return <EmptyState title={t('page.none')} text={t('page.none.text')} action={t('page.roles')} to="/roles" />;
    const tabs: Tab[] = [{ id: 'permissions', text: t('role.permissions'), count: role.permissions.length }, ...(may('users.read') ? [{ id: 'holders', text: t('role.holders') }] : [])];
    return (
      <Page
        title={roleName(role)} lead={roleAbout(role)} state={() => [role.builtIn && <Tag>{t('role.built-in')}</Tag>, <Tag>{t(`role-scope.${role.scope}`)}</Tag>, <CopyId id={role.id} short />]}
        actions={() => may('roles.manage') && [
          mayChange(role) && <Button icon="edit" onClick={() => { task.value = { kind: 'edit', role }; }}>{t('edit')}</Button>,
          <Button icon="copy" onClick={() => { task.value = { kind: 'copy', role }; }}>{t('role.copy.action')}</Button>,
          mayChange(role) && <Button kind="danger" icon="trash" onClick={async () => { if (await removeRole(role)) await navigate('/roles', { replace: true }); }}>{t('delete')}</Button>,
        ]}
      >
        <Tabs tabs={tabs} label={roleName(role)} />
        {currentTab(tabs) === 'holders' ? <Holders role={role} /> : <Loaded answer={catalogue} show={(list: List<PermissionArea>) => permissions(role, list.items)} />}
        {task.value && <RoleForm task={task.value} onClose={() => { task.value = null; }} />}
      </Page>
    );
  };
  return () => <Loaded answer={answer} show={show} />;
});

const Holders = component<{ role: Role }>((props) => {
  const columns: Column<RoleHolder>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (holder) => <Person name={holder.user.name} to={at`/users/${holder.user.id}`} />, text: (holder) => holder.user.name },
    { id: 'login', title: 'login', cell: (holder) => <code>{holder.user.login}</code>, text: (holder) => holder.user.login },
    { id: 'organization', title: 'role.held-at', cell: (holder) => holder.organization.name, text: (holder) => holder.organization.name },
  ];
  return () => (
    <ResourceTable<RoleHolder>
      id="role-holders" path="/role-holders" always={`role eq "${props.role.id}"`} label={t('role.holders')} columns={columns} searchBy={['login']} rowKey={(holder) => `${holder.user.id} ${holder.organization.id}`}
      empty={() => <EmptyState icon="users" title={t('role.holders.empty')} text={t('role.holders.empty.text')} />}
    />
  );
});
