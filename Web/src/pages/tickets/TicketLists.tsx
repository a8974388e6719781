import { computed } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { route, setQuery } from '../../core/router';
import { EmptyState } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Page } from '../../ui/Page';
import { NewRequest } from './NewRequest';
import { TicketTable } from './TicketTable';

export const MyRequestsPage = component(() => {
  const open = computed(() => route.query.new === '1');
  const start = () => setQuery({ new: '1' });
  return () => (
    <Page title={t('page.requests')} actions={() => <Button kind="primary" icon="plus" onClick={start}>{t('requests.new')}</Button>}>
      <TicketTable
        id="my-tickets" path="/my/tickets" link="/requests" label={t('page.requests')}
        empty={() => <EmptyState icon="ticket" title={t('requests.empty')} text={t('requests.empty.text')} action={t('requests.new')} onAction={start} />}
      />
      {open.value && <NewRequest onClose={() => setQuery({ new: undefined, asset: undefined, assetName: undefined, account: undefined })} />}
    </Page>
  );
});

export const AllRequestsPage = component(() => () => (
  <Page title={t('page.tickets')}>
    <TicketTable
      id="tickets" path="/tickets" link="/tickets" label={t('page.tickets')} withRequester
      empty={() => <EmptyState icon="ticket" title={t('requests.none')} text={t('requests.none.text')} />}
    />
  </Page>
));

export const InboxPage = component(() => () => (
  <Page title={t('page.inbox')} lead={t('inbox.lead')}>
    <TicketTable
      id="inbox" path="/inbox" link="/inbox" label={t('page.inbox')} withRequester withoutState
      empty={() => <EmptyState icon="inbox" title={t('inbox.empty')} text={t('inbox.empty.text')} />}
    />
  </Page>
));
