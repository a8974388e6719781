import { h, view } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { actionName, protocolName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { duration } from '../../core/time';
import type { Named, Ticket } from '../../api/types';
import { CopyId, Fact, RelativeTime } from '../../ui/bits';
import { Link } from '../../ui/Link';

export const kindName = (kind: string): string => tKnown(`ticket-kind.${kind}`, kind);

const asset = (one: Named) => (may('assets.read') ? <Link to={at`/assets/${one.id}`}>{one.name}</Link> : one.name);
const isTime = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);

/** What a kind has besides: its members by name, times as times. What the portal has no word for is shown as it is. */
const contentFacts = (ticket: Ticket): { name: string; value: unknown }[] =>
  Object.entries(ticket.content).filter(([, value]) => value !== null && value !== '').map(([name, value]) => ({ name, value }));

const shown = (value: unknown) => (isTime(value) ? <RelativeTime time={value} /> : typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : String(value));

/** What is asked for, whatever the kind. */
export const KindFacts = view<{ ticket: Ticket }>((props) => {
  const { ticket } = props;
  const hasTargets = ticket.assets.length > 0;
  return [
    <Fact label="ticket.kind">{kindName(ticket.kind)}</Fact>,
    hasTargets && <Fact label="ticket.assets">{ticket.assets.map((one, index) => [index > 0 && ', ', asset(one)])}</Fact>,
    ticket.accounts.length > 0 && <Fact label="ticket.accounts">{ticket.accounts.map((name) => <code>{name} </code>)}</Fact>,
    hasTargets && <Fact label="ticket.actions">{ticket.protocols.map(protocolName).join(', ')}: {ticket.actions.map(actionName).join(', ')}</Fact>,
    hasTargets && <Fact label="ticket.duration">{duration(ticket.durationSeconds)}</Fact>,
    hasTargets && <Fact label="ticket.starts">{ticket.startsAt ? <RelativeTime time={ticket.startsAt} /> : t('ticket.starts.approved')}</Fact>,
    ...contentFacts(ticket).map(({ name, value }) => <div class="fact"><dt>{tKnown(`ticket-content.${name}`, name)}</dt><dd>{shown(value)}</dd></div>),
    ticket.grant && <Fact label="ticket.grant">{may('grants.read') ? <Link to={at`/grants/${ticket.grant}`}>{t('ticket.grant.show')}</Link> : <CopyId id={ticket.grant} short />}</Fact>,
  ] as never;
});

/** What is asked for in a few words: for lists. */
export function targets(ticket: Ticket): string {
  if (ticket.assets.length) return `${ticket.accounts.join(', ')} @ ${ticket.assets.map((one) => one.name).join(', ')}`;
  return ticket.kind === 'access' ? '' : kindName(ticket.kind);
}
