import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { listed, t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { fromLocalInput, toLocalInput } from '../../core/time';
import { me } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Page, Role, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { showInvitation } from './actions';

export const UserForm = component<{ user: User | null; onClose: () => void }>((props) => {
  const { user } = props;
  const form = new Form({ login: user?.login ?? '', name: user?.name ?? '', email: user?.email ?? '', expiresAt: toLocalInput(user?.expiresAt ?? null), roles: (user?.roles ?? []).map((role) => role.id), manager: (user?.manager ? [user.manager] : []) as Picked[] });
  const roles = useQuery<Page<Role>>(() => '/roles?limit=200');
  const chosen = () => (form.values.roles.length || user ? form.values.roles : (roles.data?.items ?? []).filter((role) => role.builtIn === 'user').map((role) => role.id));
  const lent = listed((user?.lentRoles ?? []).map(({ role }) => roleName(role)));
  const save = async () => {
    const { login, name, email } = form.values;
    const expiresAt = fromLocalInput(form.values.expiresAt);
    if (user) {
      const { login: _, ...changes } = form.changes;
      const sent = { ...changes, ...('email' in changes ? { email: email.trim() || null } : {}), ...('expiresAt' in changes ? { expiresAt } : {}), ...('manager' in changes ? { manager: form.values.manager[0]?.id ?? null } : {}) };
      await api.patch(at`/users/${user.id}`, sent, user.version);
      toast(t('saved', { name }));
    } else {
      const created = await api.post<User>('/users', { login: login.trim(), name: name.trim(), email: email.trim() || null, roles: chosen(), ...(expiresAt ? { expiresAt } : {}) });
      toast(t('saved', { name }));
      if (created.invitationUrl) showInvitation(created.name, created.invitationUrl);
      if (created.mailedTo) toast(t('user.invitation.mailed', { address: created.mailedTo }));
    }
    invalidate('/users');
  };
  const mark = (name: keyof typeof form.values) => user !== null && form.changed(name);
  return () => (
    <FormDrawer
      title={user ? t('user.edit', { name: user.name }) : t('user.new')} save={save} saveText={user ? t('save') : t('user.create')} onClose={props.onClose} changed={form.isChanged} disabled={user !== null && !form.isChanged}
      known={['login', 'name', 'email', 'roles', 'expiresAt', 'manager']} note={user ? undefined : t('user.new.note')}
      fields={(state) => [
        <TextInput name="new-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} changed={mark('name')} autofocus />,
        <TextInput name="new-login" label={t('login')} value={form.values.login} onInput={form.set('login')} error={state.error('login')} disabled={user !== null} monospace help={user ? undefined : t('user.login.help')} />,
        <TextInput name="email" label={t('user.email')} type="email" optional value={form.values.email} onInput={form.set('email')} error={state.error('email')} changed={mark('email')} />,
        <Choices many name="roles" label={t('user.roles')} value={chosen()} onChange={form.set('roles')} error={state.error('roles')} changed={mark('roles')} choices={(roles.data?.items ?? []).map((role) => ({ value: role.id, text: roleName(role) }))} help={lent ? t('user.roles.lent.help', { roles: lent }) : t('user.roles.help')} />,
        <TextInput name="expiresAt" label={t('user.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')} changed={mark('expiresAt')} help={t('user.expires.help')} />,
        user && user.id !== me.value?.user.id && !user.managerByProvider && <Picker one name="manager" label={t('user.manager')} optional value={form.values.manager} onChange={form.set('manager')} error={state.error('manager')} changed={mark('manager')} path="/users" searchBy={['name', 'login']} toChoice={(one: User) => ({ id: one.id, name: one.name, note: one.login })} help={t('user.manager.help')} />,
      ]}
    />
  );
});
