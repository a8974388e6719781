import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleAbout, roleName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { number } from '../../core/time';
import type { Role } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { mayChange, removeRole } from './actions';
import { RoleForm, type RoleTask } from './RoleForm';

/** What the company's people may do, by name. */
export const RolesPage = component(() => {
  const task = shallowRef<RoleTask | null>(null);
  const create = () => { task.value = { kind: 'new' }; };
  const scope = (role: Role) => t(`role-scope.${role.scope}`);
  const columns: Column<Role>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (role) => [<Link to={at`/roles/${role.id}`}>{roleName(role)}</Link>, role.builtIn && <small>{t('role.built-in')}</small>], text: roleName },
    { id: 'description', title: 'description', cell: roleAbout, text: roleAbout },
    { id: 'scope', title: 'role.scope', kind: 'tight', cell: (role) => <Tag>{scope(role)}</Tag>, text: scope },
    { id: 'permissions', title: 'role.permissions', kind: 'number', cell: (role) => number(role.permissions.length), text: (role) => role.permissions.join(' ') },
  ];
  const actions = (role: Role) => [
    { text: t('edit'), icon: 'edit' as const, hidden: !mayChange(role), onPick: () => { task.value = { kind: 'edit', role }; } },
    { text: t('role.copy.action'), icon: 'copy' as const, onPick: () => { task.value = { kind: 'copy', role }; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, hidden: !mayChange(role), onPick: () => void removeRole(role) },
  ];
  return () => (
    <Page title={t('page.roles')} lead={t('roles.lead')} actions={() => may('roles.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('role.new')}</Button>}>
      <ResourceTable<Role>
        id="roles" path="/roles" label={t('page.roles')} columns={columns} searchBy={['name']} rowLink={(role) => at`/roles/${role.id}`} rowActions={may('roles.manage') ? actions : undefined}
        empty={() => <EmptyState icon="shield-check" title={t('roles.empty')} />}
      />
      {task.value && <RoleForm task={task.value} onClose={() => { task.value = null; }} />}
    </Page>
  );
});
