import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { language, languages, t } from '../../core/i18n';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { NewTenant } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { showInvitation } from './actions';

/** A new company with the person who administers it first. */
export const TenantForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({
    name: '', slug: '', language: language() as string, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC', 'admin-login': '', 'admin-name': '', 'admin-email': '',
  });
  const { values } = form;
  const save = async () => {
    const created = await api.post<NewTenant>('/tenants', {
      slug: values.slug.trim(), name: values.name.trim(), language: values.language, timeZone: values.timeZone.trim(),
      administrator: { login: values['admin-login'].trim(), name: values['admin-name'].trim(), email: values['admin-email'].trim() || null },
    });
    invalidate('/tenants');
    toast(t('saved', { name: created.tenant.name }));
    if (created.invitationUrl) showInvitation(created.tenant.name, created.invitationUrl);
  };
  return () => (
    <FormDrawer
      title={t('tenant.new')} save={save} saveText={t('create')} onClose={props.onClose} changed={form.isChanged} note={t('tenant.new.note')}
      known={['name', 'slug', 'language', 'timeZone', 'administrator/login', 'administrator/name', 'administrator/email']}
      fields={(state) => [
        <TextInput name="tenant-name" label={t('tenant.name')} value={values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        <TextInput name="slug" label={t('tenant.slug')} value={values.slug} onInput={form.set('slug')} error={state.error('slug')} monospace help={t('tenant.slug.help', { host: `${values.slug || 'acme'}.${location.host.replace(/^provider\./, '')}` })} />,
        <Select name="language" label={t('language')} value={values.language} onChange={form.set('language')} error={state.error('language')} choices={languages.map((one) => ({ value: one.code, text: one.name }))} />,
        <TextInput name="time-zone" label={t('tenant.time-zone')} value={values.timeZone} onInput={form.set('timeZone')} error={state.error('timeZone')} />,
        <h3>{t('tenant.administrator')}</h3>,
        <TextInput name="admin-name" label={t('name')} value={values['admin-name']} onInput={form.set('admin-name')} error={state.error('administrator/name')} />,
        <TextInput name="admin-login" label={t('login')} value={values['admin-login']} onInput={form.set('admin-login')} error={state.error('administrator/login')} monospace />,
        <TextInput name="admin-email" label={t('user.email')} type="email" optional value={values['admin-email']} onInput={form.set('admin-email')} error={state.error('administrator/email')} />,
      ]}
    />
  );
});
