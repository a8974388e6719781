import { component, h } from '../../core/jsx';
import { listed, t } from '../../core/i18n';
import { actionName, grantAccount, protocolName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Grant, Named } from '../../api/types';
import { CopyId, Fact, Facts, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { AuditTable } from '../audit/AuditTable';
import { revoke } from './revoke';

const endings = { time: 'grant.ended-because.time', 'handed-back': 'grant.ended-because.handed-back', unused: 'grant.ended-because.unused' } as const;

export const GrantPage = component(() => {
  const id = route.params.grant ?? '';
  const answer = useQuery<Grant>(() => at`/grants/${id}`);
  const links = (list: Named[], to: (one: Named) => string, permission: string) =>
    list.map((one, index) => [index > 0 && ', ', may(permission) ? <Link to={to(one)}>{one.name}</Link> : one.name]);
  const both = (one: unknown[], other: unknown[]) => (one.length && other.length ? [one, ', ', other] : one.length ? one : other.length ? other : '–') as never;
  const show = (grant: Grant) => (
    <Page
      title={grant.name} state={() => [<StateTag state={grant.state} />, grant.effect === 'deny' && <Tag tone="bad">{t('state.deny')}</Tag>]}
      actions={() => grant.state === 'active' && [
        may('access.try') && <Button icon="history" onClick={() => void navigate(`/grants/try?revoke=${encodeURIComponent(grant.id)}`)}>{t('grant.who-uses')}</Button>,
        may('grants.manage') && <Button kind="danger" icon="circle-x" onClick={() => void revoke(grant)}>{t('grant.revoke')}</Button>,
      ]}
    >
      <Facts>
        <Fact label="grant.who">{both(links(grant.users, (one) => at`/users/${one.id}`, 'users.read'), links(grant.groups, (one) => at`/groups/${one.id}`, 'groups.read'))}</Fact>
        <Fact label="grant.what">{both(links(grant.assets, (one) => at`/assets/${one.id}`, 'assets.read'), links(grant.nodes, (one) => `/assets?node=${encodeURIComponent(one.id)}`, 'assets.read'))}</Fact>
        <Fact label="grant.as">{listed(grant.accounts.map(grantAccount))}</Fact>
        <Fact label="ticket.actions">{listed(grant.protocols.map(protocolName))}: {listed(grant.actions.map(actionName))}</Fact>
        <Fact label="ticket.starts"><RelativeTime time={grant.startsAt} /></Fact>
        <Fact label="grant.ends"><RelativeTime time={grant.endsAt} none={t('grant.open-end')} /></Fact>
        <Fact label="grant.source">{grant.ticket && may('tickets.read') ? <Link to={at`/tickets/${grant.ticket}`}>{t('grant.source.ticket')}</Link> : t(grant.source === 'ticket' ? 'grant.source.ticket' : 'grant.source.administrator')}</Fact>
        {grant.endedBecause && <Fact label="grant.ended-because">{t(endings[grant.endedBecause])}</Fact>}
        <Fact label="created"><RelativeTime time={grant.createdAt} /></Fact>
        <Fact label="id"><CopyId id={grant.id} short /></Fact>
      </Facts>
      {may('audit.read') && <Section title={t('ticket.timeline')}><AuditTable id="grant-audit" always={`targetId eq "${grant.id}"`} /></Section>}
    </Page>
  );
  return () => <Loaded answer={answer} lines={6} show={show} />;
});
