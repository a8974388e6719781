import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { fromLocalInput, toLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { ProviderAnnouncement, Tenant } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Checkbox, TextArea, TextInput } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';

const week = 7 * 86_400_000;

/** Announces something to tenants, or something else instead. */
export const ProviderAnnouncementForm = component<{ announcement: ProviderAnnouncement | null; onClose: () => void }>((props) => {
  const { announcement } = props;
  const form = new Form({
    title: announcement?.title ?? '', body: announcement?.body ?? '', tenants: announcement?.tenants ?? [], isForAdministrators: announcement?.isForAdministrators ?? false,
    startsAt: toLocalInput(announcement?.startsAt ?? null), endsAt: toLocalInput(announcement?.endsAt ?? new Date(Date.now() + week).toISOString()),
  });
  const save = async () => {
    const { title, body, tenants, isForAdministrators, startsAt, endsAt } = form.values;
    const request = { title: title.trim(), body, tenants: tenants.map((one) => one.id), isForAdministrators, startsAt: fromLocalInput(startsAt), endsAt: fromLocalInput(endsAt) };
    if (announcement) await api.put(at`/announcements/${announcement.id}`, request, announcement.version);
    else await api.post('/announcements', request);
    invalidate('/announcements', '/audit-events');
    toast(t('saved', { name: request.title }));
  };
  return () => (
    <FormDrawer
      title={announcement ? t('announcement.edit', { name: announcement.title }) : t('announcement.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['title', 'body', 'tenants', 'startsAt', 'endsAt']}
      note={announcement ? t('announcement.edit.note') : t('announcement.provider.note')}
      fields={(state) => [
        <TextInput name="announcement-title" label={t('announcement.title')} value={form.values.title} onInput={form.set('title')} error={state.error('title')} autofocus />,
        <TextArea name="announcement-body" label={t('announcement.body')} rows={5} value={form.values.body} onInput={form.set('body')} error={state.error('body')} />,
        may('provider.tenants.read') && <Picker name="announcement-tenants" label={t('page.tenants')} value={form.values.tenants} onChange={form.set('tenants')} path="/tenants" optional help={t('announcement.tenants.help')} searchBy={['name', 'slug']} toChoice={(tenant: Tenant) => ({ id: tenant.id, name: tenant.name, note: tenant.slug })} error={state.error('tenants')} />,
        <Checkbox name="announcement-administrators" label={t('announcement.administrators')} checked={form.values.isForAdministrators} onChange={form.set('isForAdministrators')} />,
        <TextInput name="announcement-from" type="datetime-local" label={t('announcement.from')} value={form.values.startsAt} onInput={form.set('startsAt')} error={state.error('startsAt')} help={t('announcement.from.help')} />,
        <TextInput name="announcement-until" type="datetime-local" label={t('announcement.until')} value={form.values.endsAt} onInput={form.set('endsAt')} error={state.error('endsAt')} />,
      ]}
    />
  );
});
