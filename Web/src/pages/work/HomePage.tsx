import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may, me } from '../../core/session';
import { useQuery } from '../../core/query';
import { at, writeQuery } from '../../core/paths';
import type { Page as List, ReachableAsset, Session, Ticket } from '../../api/types';
import { EmptyState, RelativeTime, Section, Skeleton, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { connect } from '../../terminal/workspace';

/** What waits, what is running, and the shortest way to a shell. */
export const HomePage = component(() => {
  const inbox = useQuery<List<Ticket>>(() => (may('tickets.decide') ? '/inbox?limit=50' : null));
  const tickets = useQuery<List<Ticket>>(() => (may('tickets.open') ? '/my/tickets?limit=50' : null));
  const assets = useQuery<List<ReachableAsset>>(() => (may('assets.mine') ? '/my/assets?limit=100' : null));
  const live = useQuery<List<Session>>(() => (may('sessions.read') ? '/sessions' + writeQuery({ filter: 'state eq "live"', limit: 50 }) : null));
  const recent = useQuery<List<Session>>(() => (may('sessions.mine') ? '/my/sessions?limit=6' : null));
  const many = (list: { items: unknown[]; next: string | null } | undefined) => (list ? `${list.items.length}${list.next ? '+' : ''}` : '–');
  const openTickets = () => tickets.data?.items.filter((ticket) => ticket.state === 'open') ?? [];

  const tile = (to: string, value: string, text: string) => <Link class="tile" to={to}><b>{value}</b><span>{text}</span></Link>;
  const quick = () => (assets.data?.items ?? []).slice(0, 6).flatMap((asset) => asset.accounts.slice(0, 1).map((account) => (
    <li key={asset.id}>
      <Icon name="server-2" />
      <div class="grow"><b>{account.name}@{asset.name}</b><small>{asset.address}</small></div>
      <Button small icon="terminal-2" onClick={() => connect(asset, account.name)}>{t('connect')}</Button>
    </li>
  )));
  return () => (
    <Page title={t('home.hello', { name: me.value?.user.name ?? '' })} actions={() => may('tickets.open') && <Link class="button primary" to="/requests?new=1">{t('requests.new')}</Link>}>
      <div class="tiles">
        {may('tickets.decide') && tile('/inbox', many(inbox.data), t('home.inbox'))}
        {may('tickets.open') && tile('/requests', tickets.data ? String(openTickets().length) : '–', t('home.requests'))}
        {may('assets.mine') && tile('/my/assets', many(assets.data), t('home.assets'))}
        {may('sessions.read') && tile('/sessions?state=live', many(live.data), t('home.live'))}
      </div>
      <div class="home-columns">
        {may('assets.mine') && (
          <Section title={t('home.quick')} actions={() => <Link to="/my/assets">{t('see-all')}</Link>}>
            {!assets.data ? <Skeleton /> : assets.data.items.length ? <ul class="list">{quick()}</ul> : (
              <div class="card"><EmptyState icon="terminal-2" title={t('my-assets.empty')} text={t('my-assets.empty.text')} action={may('tickets.open') ? t('requests.new') : undefined} to="/requests?new=1" /></div>
            )}
          </Section>
        )}
        {may('sessions.mine') && (
          <Section title={t('home.recent')} actions={() => <Link to="/my/sessions">{t('see-all')}</Link>}>
            {!recent.data ? <Skeleton /> : recent.data.items.length ? (
              <ul class="list">
                {recent.data.items.map((session) => (
                  <li key={session.id}>
                    <Icon name="history" />
                    <div class="grow"><Link to={at`/my/sessions/${session.id}`}>{session.account}@{session.asset.name}</Link><small><RelativeTime time={session.createdAt} /></small></div>
                    <StateTag state={session.state} />
                  </li>
                ))}
              </ul>
            ) : <div class="card"><EmptyState icon="history" title={t('my-sessions.empty')} text={t('my-sessions.empty.text')} /></div>}
          </Section>
        )}
      </div>
    </Page>
  );
});
