import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { ProviderAnnouncement, Tenant } from '../../api/types';
import { AnnouncementFields } from '../../pages/notices/AnnouncementFields';
import { announcementValues } from '../../pages/notices/announcements';
import { FormDrawer } from '../../ui/FormDrawer';
import { Checkbox } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';

/** Announces something to tenants, or something else instead. */
export const ProviderAnnouncementForm = component<{ announcement: ProviderAnnouncement | null; onClose: () => void }>((props) => {
  const { announcement } = props;
  const form = new Form({ ...announcementValues(announcement), tenants: announcement?.tenants ?? [], isForAdministrators: announcement?.isForAdministrators ?? false });
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
        <AnnouncementFields values={form.values} set={form.set} state={state} />,
        may('provider.tenants.read') && <Picker name="announcement-tenants" label={t('page.tenants')} value={form.values.tenants} onChange={form.set('tenants')} path="/tenants" optional help={t('announcement.tenants.help')} searchBy={['name', 'slug']} toChoice={(tenant: Tenant) => ({ id: tenant.id, name: tenant.name, note: tenant.slug })} error={state.error('tenants')} />,
        <Checkbox name="announcement-administrators" label={t('announcement.administrators')} checked={form.values.isForAdministrators} onChange={form.set('isForAdministrators')} />,
      ]}
    />
  );
});
