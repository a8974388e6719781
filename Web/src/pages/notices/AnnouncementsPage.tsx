import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { absolute } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Announcement } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { AnnouncementForm } from './AnnouncementForm';
import { announcementState, announcementStateText } from './announcements';

/** Whom it is for, in words. */
const people = (one: Announcement): string => (one.isForAdministrators ? t('announcement.of-administrators') : one.audience.map((person) => person.name).join(', ') || t('announcement.everybody'));

/** What administrators tell many people for a while. */
export const AnnouncementsPage = component(() => {
  const editing = shallowRef<Announcement | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const remove = (one: Announcement) => confirm({
    title: t('announcement.delete.title', { name: one.title }), text: t('announcement.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/announcements/${one.id}`); invalidate('/announcements', '/my/notices'); toast(t('announcement.deleted', { name: one.title })); },
  });
  const columns: Column<Announcement>[] = [
    { id: 'title', title: 'announcement.title', kind: 'main', sort: 'title', cell: (one) => (one.isProviders ? <span>{one.title} <Tag>{t('announcement.of-provider')}</Tag></span> : one.title), text: (one) => one.title },
    { id: 'state', title: 'state', kind: 'tight', cell: (one) => <Tag tone={announcementState(one) === 'running' ? 'live' : 'mute'}>{announcementStateText(one)}</Tag>, text: announcementStateText },
    { id: 'audience', title: 'announcement.audience', cell: people, text: people },
    { id: 'startsAt', title: 'announcement.from', kind: 'tight', sort: 'startsAt', cell: (one) => absolute(one.startsAt), text: (one) => one.startsAt },
    { id: 'endsAt', title: 'announcement.until', kind: 'tight', sort: 'endsAt', cell: (one) => absolute(one.endsAt), text: (one) => one.endsAt },
  ];
  const actions = (one: Announcement) => (one.isProviders ? [] : [
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = one; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void remove(one) },
  ]);
  return () => (
    <Page title={t('page.announcements')} lead={t('announcements.lead')} actions={() => may('notices.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('announcement.new')}</Button>}>
      <ResourceTable<Announcement>
        id="announcements" path="/announcements" label={t('page.announcements')} columns={columns} searchBy={['title']} rowActions={may('notices.manage') ? actions : undefined}
        empty={() => <EmptyState icon="bell" title={t('announcements.empty')} text={t('announcements.empty.text')} action={may('notices.manage') ? t('announcement.new') : undefined} onAction={create} />}
      />
      {editing.value && <AnnouncementForm announcement={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
