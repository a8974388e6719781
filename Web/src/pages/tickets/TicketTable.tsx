import { component, h } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { duration, now } from '../../core/time';
import type { Ticket } from '../../api/types';
import { Person, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { RiskTag } from './ApprovalPath';
import { TargetsCell, kindName, targets, ticketKinds } from './KindFacts';

const states = ['open', 'approved', 'rejected', 'withdrawn', 'expired'];

/** How much of the time for an answer is left, in a colour: half, a quarter, less. */
export function urgency(ticket: Ticket, at = now.value): 'good' | 'wait' | 'bad' {
  const opened = Math.max(...ticket.path.filter((stage) => stage.openedAt && !stage.passedAt).map((stage) => Date.parse(stage.openedAt ?? '')), Date.parse(ticket.createdAt));
  const end = Date.parse(ticket.deadline);
  const left = (end - at) / Math.max(1, end - opened);
  return left > 0.5 ? 'good' : left > 0.25 ? 'wait' : 'bad';
}

interface TicketTableProps {
  id: string; path: string; label: string; link: string; withRequester?: boolean; withoutState?: boolean; empty: () => unknown; bulk?: (rows: Ticket[], clear: () => void) => unknown;
}

/** Requests in a table: mine, all of the tenant's, or those that wait for me. */
export const TicketTable = component<TicketTableProps>((props) => {
  const link = (ticket: Ticket) => props.link + at`/${ticket.id}`;
  const columns: Column<Ticket>[] = [
    { id: 'number', title: 'ticket.number', kind: 'tight', cell: (ticket) => <Link to={link(ticket)}>#{ticket.number}</Link>, text: (ticket) => String(ticket.number) },
    { id: 'reason', title: 'ticket.reason', kind: 'main', cell: (ticket) => <Link to={link(ticket)} class="clip" title={ticket.reason}>{ticket.reason}</Link>, text: (ticket) => ticket.reason },
    { id: 'kind', title: 'ticket.kind', kind: 'tight', off: true, cell: (ticket) => kindName(ticket.kind), text: (ticket) => ticket.kind },
    { id: 'requester', title: 'ticket.requester', off: !props.withRequester, cell: (ticket) => <Person name={ticket.requester.name} />, text: (ticket) => ticket.requester.name },
    { id: 'assets', title: 'ticket.asked', cell: (ticket) => <TargetsCell ticket={ticket} />, text: targets },
    { id: 'duration', title: 'ticket.duration', kind: 'tight', cell: (ticket) => (ticket.assets.length && ticket.durationSeconds ? duration(ticket.durationSeconds) : ''), text: (ticket) => String(ticket.durationSeconds) },
    { id: 'risk', title: 'ticket.risk', kind: 'tight', off: !props.withoutState, cell: (ticket) => <RiskTag risk={ticket.risk} />, text: (ticket) => ticket.risk },
    { id: 'state', title: 'state', kind: 'tight', off: !!props.withoutState, cell: (ticket) => (ticket.mayDecide ? <Tag tone="live">{t('ticket.your-turn')}</Tag> : <StateTag state={ticket.state} />), text: (ticket) => ticket.state },
    { id: 'waiting', title: 'ticket.waiting-for', off: !!props.withoutState, cell: (ticket) => <span class="clip">{ticket.state === 'open' ? ticket.waitingFor.map((person) => person.name).join(', ') : ''}</span> },
    { id: 'deadline', title: 'ticket.deadline', kind: 'tight', sort: props.withoutState ? 'deadline' : undefined, off: !props.withoutState, cell: (ticket) => (ticket.state === 'open' ? <Tag tone={urgency(ticket)}><RelativeTime time={ticket.deadline} /></Tag> : ''), text: (ticket) => ticket.deadline },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', off: !!props.withoutState, cell: (ticket) => <RelativeTime time={ticket.createdAt} />, text: (ticket) => ticket.createdAt },
  ];
  const kind: FilterDef = { id: 'kind', title: 'ticket.kind', choices: ticketKinds.map((value) => ({ value, text: kindName(value) })) };
  const risk: FilterDef = { id: 'risk', title: 'ticket.risk', choices: ['low', 'medium', 'high'].map((value) => ({ value, text: tKnown(`risk.${value}`, value) })) };
  const filters: FilterDef[] = props.withoutState ? [kind, risk] : [{ id: 'state', title: 'state', choices: states.map((value) => ({ value, text: stateName(value) })) }, kind, risk];
  return () => <ResourceTable<Ticket> id={props.id} path={props.path} label={props.label} columns={columns} rowLink={link} filters={filters} searchBy={['reason', 'requesterName']} bulk={props.bulk} empty={props.empty} />;
});
