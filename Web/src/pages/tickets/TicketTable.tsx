import { component, h } from '../../core/jsx';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { duration } from '../../core/time';
import type { Ticket } from '../../api/types';
import { Person, RelativeTime, StateTag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';

const states = ['open', 'approved', 'rejected', 'withdrawn', 'expired'];

/** Requests in a table: mine, all of the tenant's, or those that wait for me. */
export const TicketTable = component<{ id: string; path: string; label: string; link: string; withRequester?: boolean; withoutState?: boolean; empty: () => unknown }>((props) => {
  const link = (ticket: Ticket) => props.link + at`/${ticket.id}`;
  const columns: Column<Ticket>[] = [
    { id: 'number', title: 'ticket.number', kind: 'tight', cell: (ticket) => <Link to={link(ticket)}>#{ticket.number}</Link>, text: (ticket) => String(ticket.number) },
    { id: 'reason', title: 'ticket.reason', kind: 'main', cell: (ticket) => <Link to={link(ticket)} class="clip" title={ticket.reason}>{ticket.reason}</Link>, text: (ticket) => ticket.reason },
    { id: 'requester', title: 'ticket.requester', off: !props.withRequester, cell: (ticket) => <Person name={ticket.requester.name} />, text: (ticket) => ticket.requester.name },
    { id: 'assets', title: 'ticket.assets', cell: (ticket) => <span class="clip">{targets(ticket)}</span>, text: targets },
    { id: 'duration', title: 'ticket.duration', kind: 'tight', cell: (ticket) => duration(ticket.durationSeconds) },
    { id: 'state', title: 'state', kind: 'tight', cell: (ticket) => <StateTag state={ticket.state} />, text: (ticket) => ticket.state },
    { id: 'waiting', title: 'ticket.waiting-for', off: !!props.withoutState, cell: (ticket) => <span class="clip">{ticket.state === 'open' ? ticket.waitingFor.map((person) => person.name).join(', ') : ''}</span> },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (ticket) => <RelativeTime time={ticket.createdAt} />, text: (ticket) => ticket.createdAt },
  ];
  const filters: FilterDef[] = props.withoutState ? [] : [{ id: 'state', title: 'state', choices: states.map((value) => ({ value, text: stateName(value) })) }];
  return () => <ResourceTable<Ticket> id={props.id} path={props.path} label={props.label} columns={columns} rowLink={link} filters={filters} searchBy={['reason']} empty={props.empty} />;
});

export const targets = (ticket: Ticket): string => `${ticket.accounts.join(', ')} @ ${ticket.assets.map((asset) => asset.name).join(', ')}`;
