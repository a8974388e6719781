import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { absolute } from '../../core/time';
import { toast } from '../../core/toasts';
import type { ProviderAnnouncement } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { announcementState, announcementStateText } from '../../pages/notices/announcements';
import { ProviderAnnouncementForm } from './ProviderAnnouncementForm';

/** Whom it is for, in words. */
const people = (one: ProviderAnnouncement): string => {
  const tenants = one.tenants.map((tenant) => tenant.name).join(', ') || t('announcement.all-tenants');
  return one.isForAdministrators ? t('announcement.administrators.of', { tenants }) : tenants;
};

/** What the provider tells the people of its tenants for a while. */
export const ProviderAnnouncementsPage = component(() => {
  const editing = shallowRef<ProviderAnnouncement | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const remove = (one: ProviderAnnouncement) => confirm({
    title: t('announcement.delete.title', { name: one.title }), text: t('announcement.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/announcements/${one.id}`); invalidate('/announcements', '/audit-events'); toast(t('announcement.deleted', { name: one.title })); },
  });
  const columns: Column<ProviderAnnouncement>[] = [
    { id: 'title', title: 'announcement.title', kind: 'main', sort: 'title', cell: (one) => one.title, text: (one) => one.title },
    { id: 'state', title: 'state', kind: 'tight', cell: (one) => <Tag tone={announcementState(one) === 'running' ? 'live' : 'mute'}>{announcementStateText(one)}</Tag>, text: announcementStateText },
    { id: 'tenants', title: 'announcement.audience', cell: people, text: people },
    { id: 'startsAt', title: 'announcement.from', kind: 'tight', sort: 'startsAt', cell: (one) => absolute(one.startsAt), text: (one) => one.startsAt },
    { id: 'endsAt', title: 'announcement.until', kind: 'tight', sort: 'endsAt', cell: (one) => absolute(one.endsAt), text: (one) => one.endsAt },
  ];
  const actions = (one: ProviderAnnouncement) => [
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = one; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void remove(one) },
  ];
  return () => (
    <Page title={t('page.announcements')} lead={t('announcements.provider.lead')} actions={() => <Button kind="primary" icon="plus" onClick={create}>{t('announcement.new')}</Button>}>
      <ResourceTable<ProviderAnnouncement>
        id="provider-announcements" path="/announcements" label={t('page.announcements')} columns={columns} searchBy={['title']} rowActions={actions}
        empty={() => <EmptyState icon="bell" title={t('announcements.empty')} action={t('announcement.new')} onAction={create} />}
      />
      {editing.value && <ProviderAnnouncementForm announcement={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
