import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { placeName } from '../../core/place';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { OnlineSession } from '../../api/types';
import { EmptyState, Person, RelativeTime } from '../../ui/bits';
import { confirm } from '../../ui/confirm';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { browserName } from '../profile/browser';

const path = '/online-sessions';

const end = (session: OnlineSession) => act(() => api.delete(at`/online-sessions/${session.id}`), { done: t('web-session.ended'), changes: [path] });

const signOut = (session: OnlineSession) => confirm({
  title: t('online.sign-out.title', { name: session.name }), text: t('online.sign-out.text'), action: t('online.sign-out'), danger: true,
  work: async () => {
    await api.delete(at`/users/${session.user}/sessions`);
    invalidate(path, '/sessions');
    toast(t('online.signed-out', { name: session.name }));
  },
});

/** Who is signed in right now, and how that is ended. */
export const OnlinePage = component(() => {
  const columns: Column<OnlineSession>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (session) => <Person name={session.name} to={may('users.read') ? at`/users/${session.user}` : undefined} />, text: (session) => session.name },
    { id: 'login', title: 'login', sort: 'login', cell: (session) => <code>{session.login}</code>, text: (session) => session.login },
    { id: 'browser', title: 'online.browser', cell: (session) => browserName(session.userAgent) || t('web-session.unknown'), text: (session) => session.userAgent ?? '' },
    { id: 'address', title: 'review.address', kind: 'tight', cell: (session) => <code>{session.clientAddress ?? ''}</code>, text: (session) => session.clientAddress ?? '' },
    { id: 'place', title: 'place', cell: (session) => placeName(session.place), text: (session) => placeName(session.place) },
    { id: 'since', title: 'online.since', kind: 'tight', sort: 'createdAt', cell: (session) => <RelativeTime time={session.createdAt} />, text: (session) => session.createdAt },
    { id: 'seen', title: 'online.seen', kind: 'tight', sort: 'lastSeenAt', cell: (session) => <RelativeTime time={session.lastSeenAt} />, text: (session) => session.lastSeenAt },
  ];
  const actions = (session: OnlineSession) => [
    { text: t('web-session.end'), icon: 'logout' as const, onPick: () => void end(session) },
    { text: t('online.sign-out'), icon: 'circle-x' as const, danger: true, onPick: () => void signOut(session) },
  ];
  return () => (
    <Page title={t('page.online')} lead={t('online.lead')}>
      <ResourceTable<OnlineSession>
        id="online" path={path} label={t('page.online')} columns={columns} searchBy={['name', 'login']} rowActions={may('online.manage') ? actions : undefined}
        empty={() => <EmptyState icon="users" title={t('online.empty')} text={t('online.empty.text')} />}
      />
    </Page>
  );
});
