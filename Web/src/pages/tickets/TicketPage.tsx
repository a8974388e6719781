import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { actionName, protocolName } from '../../core/names';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { may, me } from '../../core/session';
import { useQuery } from '../../core/query';
import { duration } from '../../core/time';
import type { Ticket } from '../../api/types';
import { CopyId, Fact, Facts, Person, RelativeTime, Section, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ApprovalPath } from './ApprovalPath';
import { Decide } from './Decide';
import { History } from './History';
import { Timeline } from './Timeline';

export const ticketChanges = ['/tickets', '/my/tickets', '/inbox', '/my/assets'];

/** One request: why first, then what, who decides, and everything that happened to it. It follows the server live. */
export const TicketPage = component(() => {
  const id = route.params.ticket ?? '';
  const answer = useQuery<Ticket>(() => at`/tickets/${id}`);
  const mine = (ticket: Ticket) => ticket.requester.id === me.value?.user.id;
  const decides = (ticket: Ticket) => ticket.state === 'open' && ticket.waitingFor.some((person) => person.id === me.value?.user.id);
  const withdraw = (ticket: Ticket) => confirm({
    title: t('ticket.withdraw.title', { number: ticket.number }), text: t('ticket.withdraw.text'), action: t('ticket.withdraw'), danger: true,
    work: async () => { await api.post(at`/tickets/${ticket.id}/withdraw`); await act(async () => undefined, { changes: ticketChanges, done: t('ticket.withdrawn') }); },
  });
  const actions = (ticket: Ticket) => [
    mine(ticket) && ticket.state === 'open' && <Button kind="danger" onClick={() => void withdraw(ticket)}>{t('ticket.withdraw')}</Button>,
    mine(ticket) && ticket.state === 'approved' && may('assets.mine') && <Link class="button primary" to="/my/assets"><Icon name="terminal-2" size={16} />{t('connect')}</Link>,
    mine(ticket) && ticket.state !== 'open' && may('tickets.open') && <Link class={ticket.state === 'approved' ? 'button' : 'button primary'} to="/requests?new=1">{t('requests.new')}</Link>,
  ];
  const asset = (one: { id: string; name: string }) => (may('assets.read') ? <Link to={at`/assets/${one.id}`}>{one.name}</Link> : one.name);
  const show = (ticket: Ticket) => (
    <Page title={t('ticket.title', { number: ticket.number })} state={() => <StateTag state={ticket.state} />} actions={() => actions(ticket)}>
      <div class="columns">
        <div>
          <div class="card ticket">
            <div class="row"><Person name={ticket.requester.name} to={may('users.read') ? at`/users/${ticket.requester.id}` : undefined} /><span class="faint"><RelativeTime time={ticket.createdAt} /></span></div>
            <p class="reason">{ticket.reason}</p>
            <ApprovalPath ticket={ticket} />
            {decides(ticket) && <Decide ticket={ticket} key={ticket.digest + ticket.version} />}
          </div>
          <Facts>
            <Fact label="ticket.assets">{ticket.assets.map((one, index) => [index > 0 && ', ', asset(one)])}</Fact>
            <Fact label="ticket.accounts">{ticket.accounts.map((name) => <code>{name} </code>)}</Fact>
            <Fact label="ticket.actions">{ticket.protocols.map(protocolName).join(', ')}: {ticket.actions.map(actionName).join(', ')}</Fact>
            <Fact label="ticket.duration">{duration(ticket.durationSeconds)}</Fact>
            <Fact label="ticket.starts">{ticket.startsAt ? <RelativeTime time={ticket.startsAt} /> : t('ticket.starts.approved')}</Fact>
            <Fact label="ticket.deadline"><RelativeTime time={ticket.deadline} /></Fact>
            {ticket.grant && <Fact label="ticket.grant">{may('grants.read') ? <Link to={at`/grants/${ticket.grant}`}>{t('ticket.grant.show')}</Link> : <CopyId id={ticket.grant} short />}</Fact>}
            <Fact label="id"><CopyId id={ticket.id} short /></Fact>
          </Facts>
          {may('tickets.read') && decides(ticket) && <History ticket={ticket} />}
        </div>
        <Section title={t('ticket.timeline')}><Timeline ticket={ticket} /></Section>
      </div>
    </Page>
  );
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
