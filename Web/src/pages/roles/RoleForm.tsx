import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { List, PermissionArea, Role, RoleScope } from '../../api/types';
import { Skeleton } from '../../ui/bits';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { PermissionFields } from './PermissionFields';
import { fits } from './permissions';

export type RoleTask = { kind: 'new' } | { kind: 'edit' | 'copy'; role: Role };

/** A role of one's own: made anew, as a copy of another one, or changed. */
export const RoleForm = component<{ task: RoleTask; onClose: () => void }>((props) => {
  const { task } = props;
  const role = task.kind === 'new' ? null : task.role;
  const edited = task.kind === 'edit' ? task.role : null;
  const catalogue = useQuery<List<PermissionArea>>(() => '/permissions');
  const form = new Form({
    name: edited?.name ?? (role ? t('role.copy.name', { name: roleName(role) }) : ''), description: role?.description ?? '', scope: (edited?.scope ?? 'tenant') as RoleScope,
    // A copy has of the other one what whoever copies it may give.
    permissions: edited ? edited.permissions : (role?.permissions ?? []).filter(may),
  });
  const setScope = (scope: RoleScope) => {
    form.values.scope = scope;
    const known = (catalogue.data?.items ?? []).flatMap((area) => area.permissions);
    form.values.permissions = form.values.permissions.filter((code) => known.some((one) => one.code === code && fits(one, scope)));
  };
  const save = async () => {
    const { name, description, scope, permissions } = form.values;
    const body = { name: name.trim(), description: description.trim(), permissions };
    if (edited) await api.patch(at`/roles/${edited.id}`, body, edited.version);
    else await api.post('/roles', { ...body, scope });
    invalidate('/roles', '/users');
    toast(t('saved', { name: body.name }));
  };
  const title = () => (task.kind === 'new' ? t('role.new') : t(task.kind === 'edit' ? 'role.edit' : 'role.copy', { name: roleName(task.role) }));
  return () => (
    <FormDrawer
      wide title={title()} save={save} saveText={edited ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged} known={['name', 'description', 'scope']}
      note={edited ? t('role.edit.note') : undefined} disabled={!catalogue.data}
      fields={(state) => [
        <TextInput name="role-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} maxlength={200} autofocus />,
        <TextArea name="role-description" label={t('description')} optional rows={2} value={form.values.description} onInput={form.set('description')} error={state.error('description')} />,
        <Choices
          name="role-scope" label={t('role.scope')} value={[form.values.scope]} onChange={(value) => setScope((value[0] ?? 'tenant') as RoleScope)} disabled={edited !== null} help={t(`role-scope.${form.values.scope}.help`)}
          choices={[{ value: 'tenant', text: t('role-scope.tenant') }, { value: 'organization', text: t('role-scope.organization') }]}
        />,
        catalogue.data ? <PermissionFields areas={catalogue.data.items} value={form.values.permissions} scope={form.values.scope} onChange={form.set('permissions')} /> : <Skeleton />,
      ]}
    />
  );
});
