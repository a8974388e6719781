import { component, h } from '../../core/jsx';
import { t, tSaid } from '../../core/i18n';
import { channelName, endReason, entranceName, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { bytes, duration, number } from '../../core/time';
import { may } from '../../core/session';
import type { Session } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { terminate } from './terminate';

/** Sessions in a table: mine, everybody's, or those of one asset or person. */
export const SessionTable = component<{ id: string; path: string; link: string; label: string; mine?: boolean; always?: string; empty: () => unknown }>((props) => {
  const link = (session: Session) => props.link + at`/${session.id}`;
  const target = (session: Session) => `${session.account}@${session.asset.name}`;
  const columns: Column<Session>[] = [
    { id: 'target', title: 'session.target', kind: 'main', cell: (session) => [<Link to={link(session)}>{target(session)}</Link>, session.commandLine && <small class="clip"><code>{session.commandLine}</code></small>], text: target },
    { id: 'user', title: 'user', off: props.mine, cell: (session) => <Person name={session.user.name} />, text: (session) => session.user.name },
    { id: 'state', title: 'state', kind: 'tight', cell: (session) => <StateTag state={session.state} />, text: (session) => session.state },
    { id: 'channel', title: 'session.channel', kind: 'tight', cell: (session) => `${channelName(session.channel)}, ${entranceName(session.entrance)}` },
    { id: 'started', title: 'session.started', kind: 'tight', sort: 'createdAt', cell: (session) => <RelativeTime time={session.createdAt} />, text: (session) => session.createdAt },
    { id: 'seconds', title: 'session.length', kind: 'number', cell: (session) => duration(session.seconds, 'narrow') },
    { id: 'commands', title: 'session.commands', kind: 'number', cell: (session) => number(session.commands) },
    { id: 'end', title: 'session.end', cell: (session) => <span class="clip narrow" title={session.endText ? tSaid(session.endText) : session.endReason ? endReason(session.endReason) : undefined}>{session.endReason && endReason(session.endReason)}</span>, text: (session) => session.endReason ?? '' },
    { id: 'address', title: 'session.client', off: true, cell: (session) => session.clientAddress ?? '' },
    { id: 'bytes', title: 'session.bytes', off: true, kind: 'number', cell: (session) => bytes(session.bytesIn + session.bytesOut) },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['live', 'ended', 'pending'].map((value) => ({ value, text: stateName(value) })) }];
  const actions = (session: Session) => [{ text: t('session.terminate'), icon: 'circle-x' as const, danger: true, hidden: session.state === 'ended' || !may('sessions.terminate'), onPick: () => void terminate(session) }];
  return () => (
    <ResourceTable<Session>
      id={props.id} path={props.path} label={props.label} columns={columns} rowLink={link} filters={filters} searchBy={props.mine ? ['assetName'] : ['userName', 'assetName']} always={props.always}
      rowActions={may('sessions.terminate') ? actions : undefined} empty={props.empty}
    />
  );
});

export const SessionsPage = component(() => () => (
  <Page title={t('page.sessions')}>
    <SessionTable id="sessions" path="/sessions" link="/sessions" label={t('page.sessions')} empty={() => <EmptyState icon="video" title={t('sessions.empty')} text={t('sessions.empty.text')} />} />
  </Page>
));

export const MySessionsPage = component(() => () => (
  <Page title={t('page.my-sessions')}>
    <SessionTable
      id="my-sessions" path="/my/sessions" link="/my/sessions" label={t('page.my-sessions')} mine
      empty={() => <EmptyState icon="history" title={t('my-sessions.empty')} text={t('my-sessions.empty.text')} action={t('page.my-assets')} to="/my/assets" />}
    />
  </Page>
));
