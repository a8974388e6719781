import { component, h } from '../../core/jsx';
import { t, tSaid } from '../../core/i18n';
import { channelName, endReason, entranceName } from '../../core/names';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { may } from '../../core/session';
import { bytes, duration, number } from '../../core/time';
import type { Session } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { ReplayPlayer } from '../../replay/ReplayPlayer';
import { downloads } from './downloads';
import { SessionCommands } from './SessionCommands';
import { terminate } from './terminate';
import { useSession } from './useSession';

/** One session: what was seen, what was typed, how it ended. */
export const SessionPage = component(() => {
  const id = route.params.session ?? '';
  const answer = useSession(id);
  const tabs = () => [
    ...(may('sessions.replay') ? [{ id: 'replay', text: t('session.replay') }] : []),
    ...(may('commands.read') ? [{ id: 'commands', text: t('page.commands') }] : []),
    { id: 'facts', text: t('session.facts') },
  ];
  const facts = (session: Session) => (
    <Facts>
      <Fact label="user"><Person name={session.user.name} to={may('users.read') ? at`/users/${session.user.id}` : undefined} /></Fact>
      <Fact label="asset">{may('assets.read') ? <Link to={at`/assets/${session.asset.id}`}>{session.asset.name}</Link> : session.asset.name}</Fact>
      <Fact label="account"><code>{session.account}</code></Fact>
      <Fact label="session.channel">{channelName(session.channel)}, {entranceName(session.entrance)}</Fact>
      {session.commandLine && <Fact label="session.command-line"><code>{session.commandLine}</code></Fact>}
      <Fact label="session.client">{session.clientAddress ?? '–'}</Fact>
      <Fact label="session.started"><RelativeTime time={session.connectedAt ?? session.createdAt} /></Fact>
      <Fact label="session.ended"><RelativeTime time={session.endedAt} /></Fact>
      <Fact label="session.length">{duration(session.seconds)}</Fact>
      <Fact label="session.end">{session.endReason ? endReason(session.endReason) : '–'}{session.endText && <span class="soft">: {tSaid(session.endText)}</span>}</Fact>
      {session.exitStatus !== null && session.exitStatus !== undefined && <Fact label="session.exit-status">{session.exitStatus}</Fact>}
      <Fact label="session.bytes">{t('session.bytes.value', { in: bytes(session.bytesIn), out: bytes(session.bytesOut) })}</Fact>
      <Fact label="session.commands">{number(session.commands)}</Fact>
      <Fact label="session.recording">{session.recording ? [<StateTag state={session.recording.state} />, ' ', bytes(session.recording.bytes)] : '–'}</Fact>
      <Fact label="id"><CopyId id={session.id} short /></Fact>
    </Facts>
  );
  const replay = (session: Session) => {
    if (!session.recording) return <EmptyState icon="video" title={t('replay.none')} text={t('replay.none.text')} />;
    if (session.recording.bytes === 0) return <EmptyState icon="video" title={t('replay.empty')} text={t('replay.empty.text')} />;
    return <ReplayPlayer session={session.id} key={session.id + session.state} />;
  };
  const actions = (session: Session) => [
    session.recording && may('sessions.replay') && <Menu text={t('download')} label={t('download')} items={downloads(session)} />,
    session.state !== 'ended' && may('sessions.terminate') && <Button kind="danger" icon="circle-x" onClick={() => void terminate(session)}>{t('session.terminate')}</Button>,
  ];
  const show = (session: Session) => {
    const tab = currentTab(tabs());
    return (
      <Page title={`${session.account}@${session.asset.name}`} state={() => <StateTag state={session.state} />} actions={() => actions(session)} lead={lead(session)}>
        <Tabs tabs={tabs()} label={t('session.parts')} />
        {tab === 'replay' ? replay(session) : tab === 'commands' ? <SessionCommands session={session} /> : facts(session)}
      </Page>
    );
  };
  const lead = (session: Session) => [session.user.name, duration(session.seconds), session.endText ? tSaid(session.endText) : session.endReason && endReason(session.endReason)].filter(Boolean).join(' · ');
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
