import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { listed, t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { route } from '../../core/router';
import { may, me } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Ticket } from '../../api/types';
import { CopyId, Fact, Facts, Person, RelativeTime, Section, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { becauseWords } from '../flows/flows';
import { ApprovalPath, RiskTag } from './ApprovalPath';
import { Decide } from './Decide';
import { HandOver, TellMore } from './SeatForms';
import { History } from './History';
import { KindFacts } from './KindFacts';
import { Timeline } from './Timeline';
import { ticketChanges } from './changes';
import { timelineExports } from './exports';
import { kinds } from './request';

/** One request: why first, then what, who decides, and everything that happened to it. It follows the server live. */
export const TicketPage = component(() => {
  const id = route.params.ticket ?? '';
  const answer = useQuery<Ticket>(() => at`/tickets/${id}`);
  const form = ref<'hand-over' | 'copy' | null>(null);
  // What somebody is writing outlives what others do to the request meanwhile.
  const comment = ref('');
  const mine = (ticket: Ticket) => ticket.requester.id === me.value?.user.id;
  const decides = (ticket: Ticket) => ticket.mayDecide && may('tickets.decide');
  const hasSeat = (ticket: Ticket) => ticket.path.some((stage) => !stage.passedAt && stage.seats.some((seat) => seat.user.id === me.value?.user.id));
  const isRepeatable = (ticket: Ticket) => kinds.some((one) => one === ticket.kind) && may('tickets.open');
  const withdraw = (ticket: Ticket) => confirm({
    title: t('ticket.withdraw.title', { number: ticket.number }), text: t('ticket.withdraw.text'), action: t('ticket.withdraw'), danger: true,
    work: async () => { await api.post(at`/tickets/${ticket.id}/withdraw`); await act(async () => undefined, { changes: ticketChanges, done: t('ticket.withdrawn') }); },
  });
  const reviews = (ticket: Ticket) => ticket.kind === 'break-glass' && !mine(ticket) && ticket.path.some((stage) => stage.seats.some((seat) => seat.user.id === me.value?.user.id));
  const revokeNow = (ticket: Ticket) => confirm({
    title: t('break-glass.revoke.title', { number: ticket.number }), text: t('break-glass.revoke.text'), action: t('break-glass.revoke'), danger: true, reason: { label: t('grant.revoke.reason') },
    work: async (reason) => { await api.post(at`/tickets/${ticket.id}/break-glass/revoke`, { reason }); await act(async () => undefined, { changes: [...ticketChanges, '/break-glass'], done: t('break-glass.revoked') }); },
  });
  const reviewLate = (ticket: Ticket, outcome: 'accepted' | 'objected') => confirm({
    title: t('break-glass.late.title', { number: ticket.number }), text: t('break-glass.late.text'), action: t(outcome === 'accepted' ? 'break-glass.accept' : 'break-glass.object'), danger: outcome === 'objected', reason: { label: t('break-glass.remark'), optional: true },
    work: async (remark) => { await api.post(at`/tickets/${ticket.id}/break-glass/review`, { outcome, remark }); await act(async () => undefined, { changes: [...ticketChanges, '/break-glass'], done: t('break-glass.reviewed') }); },
  });
  const again = (ticket: Ticket) => `/requests${writeQuery({ new: '1', from: ticket.id })}`;
  const actions = (ticket: Ticket) => [
    mine(ticket) && ticket.state === 'open' && ticket.kind !== 'break-glass' && <Button kind="danger" onClick={() => void withdraw(ticket)}>{t('ticket.withdraw')}</Button>,
    mine(ticket) && ticket.state === 'approved' && ticket.grant && may('assets.mine') && <Link class="button primary" to="/my/assets"><Icon name="terminal-2" size={16} />{t('connect')}</Link>,
    mine(ticket) && ticket.state === 'approved' && ticket.grant && may('assets.mine') && <Link class="button" to="/my/access">{t('page.my-access')}</Link>,
    mine(ticket) && ticket.state === 'approved' && ticket.kind === 'secret' && may('secrets.mine') && <Link class="button primary" to="/my/secrets"><Icon name="key" size={16} />{t('page.my-secrets')}</Link>,
    mine(ticket) && isRepeatable(ticket) && <Link class={ticket.state !== 'open' && ticket.state !== 'approved' ? 'button primary' : 'button'} to={again(ticket)}>{t('ticket.again')}</Link>,
    reviews(ticket) && ticket.state === 'open' && <Button kind="danger" icon="circle-x" onClick={() => void revokeNow(ticket)}>{t('break-glass.revoke')}</Button>,
    <Menu label={t('table.actions')} icon="dots" items={[
      { text: t('break-glass.accept'), hidden: !reviews(ticket) || ticket.state !== 'expired', onPick: () => void reviewLate(ticket, 'accepted') },
      { text: t('break-glass.object'), danger: true, hidden: !reviews(ticket) || ticket.state !== 'expired', onPick: () => void reviewLate(ticket, 'objected') },
      { text: t('ticket.hand-over'), hidden: ticket.state !== 'open' || !(hasSeat(ticket) || may('flows.manage')), onPick: () => { form.value = 'hand-over'; } },
      { text: t('ticket.again'), icon: 'refresh', to: again(ticket), hidden: mine(ticket) || !isRepeatable(ticket) },
      { text: t('ticket.copy'), onPick: () => { form.value = 'copy'; } },
      ...timelineExports(ticket),
    ]} />,
  ];
  const show = (ticket: Ticket) => (
    <Page title={t('ticket.title', { number: ticket.number })} state={() => <StateTag state={ticket.state} />} actions={() => actions(ticket)}>
      <div class="columns">
        <div>
          <div class="card ticket">
            <div class="row"><Person name={ticket.requester.name} to={may('users.read') ? at`/users/${ticket.requester.id}` : undefined} /><span class="faint"><RelativeTime time={ticket.createdAt} /></span><RiskTag risk={ticket.risk} /></div>
            <p class="reason">{ticket.reason}</p>
            <ApprovalPath ticket={ticket} />
            {ticket.turn?.onBehalfOf && <p class="note"><Icon name="users" /><span>{t('decide.on-behalf', { name: ticket.turn.onBehalfOf.name })}</span></p>}
            {decides(ticket) && <Decide ticket={ticket} comment={comment} key={ticket.digest} />}
          </div>
          <Facts>
            <KindFacts ticket={ticket} />
            {ticket.state === 'open' && <Fact label="ticket.deadline"><RelativeTime time={ticket.deadline} /></Fact>}
            {ticket.flowName && <Fact label="ticket.flow">{ticket.flowName}{ticket.because.length > 0 && <small class="faint"> {listed(ticket.because.map(becauseWords), true)}</small>}</Fact>}
            {ticket.copies.length > 0 && <Fact label="ticket.copies">{listed(ticket.copies.map((one) => one.name))}</Fact>}
            <Fact label="id"><CopyId id={ticket.id} short /></Fact>
          </Facts>
          {may('tickets.read') && decides(ticket) && <History ticket={ticket} />}
        </div>
        <Section title={t('ticket.timeline')}><Timeline ticket={ticket} /></Section>
      </div>
      {form.value === 'hand-over' && <HandOver ticket={ticket} onClose={() => { form.value = null; }} />}
      {form.value === 'copy' && <TellMore ticket={ticket} onClose={() => { form.value = null; }} />}
    </Page>
  );
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
