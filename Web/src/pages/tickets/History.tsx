import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { useQuery } from '../../core/query';
import type { Page, Ticket } from '../../api/types';
import { RelativeTime, Section, StateTag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { targets } from './KindFacts';

/** What this person asked for before, beside what they ask for now. */
export const History = component<{ ticket: Ticket }>((props) => {
  const before = useQuery<Page<Ticket>>(() => '/tickets' + writeQuery({ filter: `requester eq "${props.ticket.requester.id}"`, limit: 6 }));
  return () => {
    const items = before.data?.items.filter((ticket) => ticket.id !== props.ticket.id) ?? [];
    if (!items.length) return null;
    return (
      <Section title={t('ticket.history', { name: props.ticket.requester.name })}>
        <ul class="list">
          {items.map((ticket) => (
            <li key={ticket.id}>
              <div class="grow"><Link to={at`/tickets/${ticket.id}`}>#{ticket.number} {ticket.reason}</Link><small>{targets(ticket)} · <RelativeTime time={ticket.createdAt} /></small></div>
              <StateTag state={ticket.state} />
            </li>
          ))}
        </ul>
      </Section>
    );
  };
});
