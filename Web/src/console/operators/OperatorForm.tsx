import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { me } from '../../core/session';
import { toast } from '../../core/toasts';
import type { NewOperator, Operator } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextInput } from '../../ui/inputs';
import { showInvitation } from './actions';

export const roles = ['operator', 'billing', 'support'];
export const operatorRole = (role: string): string => tKnown(`operator-role.${role}`, role);

export const OperatorForm = component<{ person: Operator | null; onClose: () => void }>((props) => {
  const { person } = props;
  const form = new Form({ login: person?.login ?? '', name: person?.name ?? '', email: person?.email ?? '', roles: person?.roles ?? ['operator'] });
  const { values } = form;
  const save = async () => {
    const email = values.email.trim() || null;
    if (person) {
      const { login: _, ...changes } = form.changes;
      await api.patch(at`/operators/${person.id}`, 'email' in changes ? { ...changes, email } : changes, person.version);
    } else {
      const added = await api.post<NewOperator>('/operators', { login: values.login.trim(), name: values.name.trim(), email, roles: values.roles });
      showInvitation(added.operator.name, added.invitationUrl);
    }
    toast(t('saved', { name: values.name }));
    invalidate('/operators', '/audit-events');
  };
  const mark = (name: keyof typeof values) => person !== null && form.changed(name);
  return () => (
    <FormDrawer
      title={person ? t('user.edit', { name: person.name }) : t('operator.new')} save={save} saveText={person ? t('save') : t('user.create')} onClose={props.onClose} changed={form.isChanged} disabled={person !== null && !form.isChanged}
      known={['login', 'name', 'email', 'roles']} note={person ? undefined : t('user.new.note')}
      fields={(state) => [
        <TextInput name="new-name" label={t('name')} value={values.name} onInput={form.set('name')} error={state.error('name')} changed={mark('name')} autofocus />,
        <TextInput name="new-login" label={t('login')} value={values.login} onInput={form.set('login')} error={state.error('login')} disabled={person !== null} monospace help={person ? undefined : t('user.login.help')} />,
        <TextInput name="email" label={t('user.email')} type="email" optional value={values.email} onInput={form.set('email')} error={state.error('email')} changed={mark('email')} />,
        <Choices many name="roles" label={t('user.roles')} value={values.roles} onChange={form.set('roles')} error={state.error('roles')} changed={mark('roles')} disabled={person?.id === me.value?.user.id} choices={roles.map((value) => ({ value, text: operatorRole(value) }))} help={t('operator.roles.help')} />,
      ]}
    />
  );
});
