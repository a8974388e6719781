import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { List, Organization, Role, RoleBinding, User } from '../../api/types';
import { EmptyState, Person, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Picker, type Picked } from '../../ui/Picker';
import { Select } from '../../ui/inputs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

/** Who has which role at an organization, and so for everything below it. */
export const Bindings = component<{ organization: Organization }>((props) => {
  const roles = useQuery<List<Role>>(() => (may('organizations.manage') ? '/roles?limit=200' : null));
  const picked = shallowRef<Picked[]>([]);
  const role = ref('');
  const busy = ref(false);
  const path = (binding: { role: string; user: string }) => at`/organizations/${props.organization.id}/roles/${binding.role}/users/${binding.user}`;
  const changes = () => [at`/organizations/${props.organization.id}/bindings`, '/users'];
  const add = async () => {
    busy.value = true;
    const done = await act(async () => {
      for (const user of picked.value) await api.put(path({ role: role.value, user: user.id }));
    }, { done: t('organization.bound'), changes: changes() });
    busy.value = false;
    if (done) picked.value = [];
  };
  const remove = (binding: RoleBinding) => confirm({
    title: t('organization.unbind.title', { name: binding.user.name, role: roleName(binding.role) }), text: t('organization.unbind.text', { name: props.organization.name }), action: t('remove'), danger: true,
    work: async () => { await api.delete(path({ role: binding.role.id, user: binding.user.id })); await act(async () => undefined, { changes: changes() }); },
  });
  const columns: Column<RoleBinding>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (binding) => <Person name={binding.user.name} to={may('users.read') ? at`/users/${binding.user.id}` : undefined} />, text: (binding) => binding.user.name },
    { id: 'login', title: 'login', cell: (binding) => <code>{binding.user.login}</code>, text: (binding) => binding.user.login },
    { id: 'role', title: 'organization.role', cell: (binding) => <Tag>{roleName(binding.role)}</Tag>, text: (binding) => binding.role.name },
  ];
  return () => (
    <div>
      {may('organizations.manage') && (
        <form class="add-row" onSubmit={(event: Event) => { event.preventDefault(); void add(); }}>
          <Select
            name="binding-role" label={t('organization.role')} value={role.value} onChange={(value) => { role.value = value; }} placeholder={t('organization.choose-role')}
            choices={(roles.data?.items ?? []).map((one) => ({ value: one.id, text: roleName(one) }))}
          />
          <Picker
            name="binding-users" label={t('organization.people')} value={picked.value} onChange={(value) => { picked.value = value; }} path="/users" searchBy={['name', 'login']}
            toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })}
          />
          <Button kind="primary" submit busy={busy.value} disabled={!picked.value.length || !role.value}>{t('add')}</Button>
        </form>
      )}
      <ResourceTable<RoleBinding>
        id="bindings" rowKey={(binding) => `${binding.role.id} ${binding.user.id}`} path={at`/organizations/${props.organization.id}/bindings`} label={t('organization.bindings')} columns={columns}
        rowActions={may('organizations.manage') ? (binding) => [{ text: t('remove'), icon: 'trash', danger: true, onPick: () => void remove(binding) }] : undefined}
        empty={() => <EmptyState icon="users" title={t('organization.bindings.empty')} text={t('organization.bindings.empty.text')} />}
      />
    </div>
  );
});
