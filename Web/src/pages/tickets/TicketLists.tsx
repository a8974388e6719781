import { computed, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { route, setQuery } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { MyBreakGlass, Ticket } from '../../api/types';
import { EmptyState } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { TakeForm } from '../break-glass/TakeForm';
import { BulkDecide } from './BulkDecide';
import { NewRequest } from './NewRequest';
import { TicketTable } from './TicketTable';

export const MyRequestsPage = component(() => {
  const open = computed(() => route.query.new === '1');
  const start = () => setQuery({ new: '1' });
  const emergency = useQuery<MyBreakGlass>(() => '/my/break-glass');
  const taking = shallowRef(false);
  return () => (
    <Page title={t('page.requests')} actions={() => [
      (emergency.data?.rules.length ?? 0) > 0 && <Button kind="danger" icon="alert-triangle" onClick={() => { taking.value = true; }}>{t('break-glass.take')}</Button>,
      <Button kind="primary" icon="plus" onClick={start}>{t('requests.new')}</Button>,
    ]}>
      <TicketTable
        id="my-tickets" path="/my/tickets" link="/requests" label={t('page.requests')}
        empty={() => <EmptyState icon="ticket" title={t('requests.empty')} text={t('requests.empty.text')} action={t('requests.new')} onAction={start} />}
      />
      {taking.value && emergency.data && <TakeForm mine={emergency.data} onClose={() => { taking.value = false; }} />}
      {open.value && <NewRequest key={[route.query.basket, route.query.template, route.query.from, route.query.asset].join()} onClose={() => setQuery({ new: undefined, asset: undefined, assetName: undefined, account: undefined, from: undefined, basket: undefined, template: undefined, ask: undefined })} />}
    </Page>
  );
});

export const AllRequestsPage = component(() => () => (
  <Page title={t('page.tickets')} actions={() => may('tickets.read') && <Link class="button" to="/tickets/report"><Icon name="list-check" size={16} />{t('page.ticket-report')}</Link>}>
    <TicketTable
      id="tickets" path="/tickets" link="/tickets" label={t('page.tickets')} withRequester
      empty={() => <EmptyState icon="ticket" title={t('requests.none')} text={t('requests.none.text')} />}
    />
  </Page>
));

export const InboxPage = component(() => {
  const chosen = shallowRef<{ tickets: Ticket[]; clear: () => void } | null>(null);
  return () => (
    <Page title={t('page.inbox')} lead={t('inbox.lead')}>
      <TicketTable
        id="inbox" path="/inbox" link="/inbox" label={t('page.inbox')} withRequester withoutState
        bulk={(tickets, clear) => <Button small kind="primary" onClick={() => { chosen.value = { tickets, clear }; }}>{t('bulk.decide')}</Button>}
        empty={() => <EmptyState icon="inbox" title={t('inbox.empty')} text={t('inbox.empty.text')} />}
      />
      {chosen.value && <BulkDecide tickets={chosen.value.tickets} onClose={() => { chosen.value = null; }} onDone={() => { chosen.value?.clear(); chosen.value = null; }} />}
    </Page>
  );
});
