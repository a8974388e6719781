import { h, view } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { actionName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { duration } from '../../core/time';
import type { Named, Ticket, TicketFact } from '../../api/types';
import { CopyId, Fact, RelativeTime } from '../../ui/bits';
import { Link } from '../../ui/Link';

/** The kinds of request for which there are flows. */
export const flowKinds = ['access', 'secret', 'extension', 'role', 'break-glass', 'general'];

/** The kinds that somebody may look for: of what is waited for at a door a rule says who answers, and no flow does. */
export const ticketKinds = [...flowKinds, 'sign-in', 'connect', 'command'];

export const kindName = (kind: string): string => tKnown(`ticket-kind.${kind}`, kind);

const asset = (one: Named) => (may('assets.read') ? <Link to={at`/assets/${one.id}`}>{one.name}</Link> : one.name);

/** A value as its form says: a length, a moment, or words; those of the API in the reader's language. */
function shown(fact: TicketFact, value: string) {
  if (fact.form === 'seconds') return duration(Number(value));
  if (fact.form === 'time') return <RelativeTime time={value} />;
  if (fact.label === 'secret') return tKnown(`account.kind.${value}`, value);
  if (fact.label === 'entrance') return tKnown(`sign-in-entrance.${value}`, value);
  return fact.label === 'actions' ? actionName(value) : ['accounts', 'login', 'client-address', 'command'].includes(fact.label) ? <code>{value}</code> : value;
}

const line = (fact: TicketFact, ticket: Ticket) => (
  <div class="fact"><dt>{tKnown(`ticket-fact.${fact.label}`, fact.label)}</dt><dd>
    {fact.label === 'assets' ? ticket.assets.map((one, index) => [index > 0 && ', ', asset(one)]) : fact.values.map((value, index) => [index > 0 && ', ', shown(fact, value)])}
  </dd></div>
);

/** What is asked for, as the kind says it. */
export const KindFacts = view<{ ticket: Ticket }>((props) => {
  const { ticket } = props;
  return [
    <Fact label="ticket.kind">{kindName(ticket.kind)}</Fact>,
    ...ticket.facts.map((fact) => line(fact, ticket)),
    ticket.grant && <Fact label="ticket.grant">{may('grants.read') ? <Link to={at`/grants/${ticket.grant}`}>{t('ticket.grant.show')}</Link> : <CopyId id={ticket.grant} short />}</Fact>,
  ] as never;
});

const places = (ticket: Ticket): string => `${ticket.accounts.join(', ')} @ ${ticket.assets.map((one) => one.name).join(', ')}`;

/** What is asked for in a few words: for lists. */
export function targets(ticket: Ticket): string {
  return [ticket.kind !== 'access' && kindName(ticket.kind), ticket.assets.length > 0 && places(ticket)].filter(Boolean).join(': ');
}

/** The same in a narrow cell: the kind is under it, so that it cuts nothing off. */
export const TargetsCell = view<{ ticket: Ticket }>(({ ticket }) => (ticket.kind !== 'access' && ticket.assets.length
  ? <div><span class="clip" title={places(ticket)}>{places(ticket)}</span><small>{kindName(ticket.kind)}</small></div>
  : <span class="clip" title={targets(ticket)}>{targets(ticket)}</span>));
