import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Delivery, Webhook } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { WebhookForm } from './WebhookForm';
import { deleteWebhook, setWebhookState } from './actions';

/** A webhook with what was sent through it. */
export const WebhookPage = component(() => {
  const id = route.params.webhook ?? '';
  const answer = useQuery<Webhook>(() => at`/webhooks/${id}`);
  const editing = ref(false);
  const retry = (delivery: Delivery) => act(() => api.post(at`/webhook-deliveries/${delivery.id}/retry`), { done: t('delivery.retried'), changes: ['/webhook-deliveries'] });
  const columns: Column<Delivery>[] = [
    { id: 'event', title: 'delivery.event', kind: 'main', cell: (delivery) => delivery.eventType },
    { id: 'state', title: 'state', kind: 'tight', cell: (delivery) => <StateTag state={delivery.state} />, text: (delivery) => delivery.state },
    { id: 'attempts', title: 'delivery.attempts', kind: 'number', cell: (delivery) => delivery.attempts },
    { id: 'status', title: 'delivery.status', kind: 'number', cell: (delivery) => delivery.lastStatus ?? '' },
    { id: 'error', title: 'delivery.error', cell: (delivery) => <span class="clip" title={delivery.lastError ?? undefined}>{delivery.lastError}</span>, text: (delivery) => delivery.lastError ?? '' },
    { id: 'next', title: 'delivery.next', kind: 'tight', cell: (delivery) => delivery.state === 'pending' && <RelativeTime time={delivery.nextAttemptAt} /> },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (delivery) => <RelativeTime time={delivery.createdAt} />, text: (delivery) => delivery.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['pending', 'delivered', 'dead'].map((value) => ({ value, text: stateName(value) })) }];
  const show = (webhook: Webhook) => (
    <Page
      title={webhook.name} state={() => <StateTag state={webhook.state} />}
      actions={() => may('webhooks.manage') && [
        <Button icon="edit" onClick={() => { editing.value = true; }}>{t('edit')}</Button>,
        <Button onClick={() => void setWebhookState(webhook)}>{t(webhook.state === 'enabled' ? 'webhook.disable' : 'webhook.enable')}</Button>,
        <Button kind="danger" icon="trash" onClick={async () => { if (await deleteWebhook(webhook)) await navigate('/webhooks', { replace: true }); }}>{t('delete')}</Button>,
      ]}
    >
      <Facts>
        <Fact label="webhook.url"><code>{webhook.url}</code></Fact>
        <Fact label="webhook.events"><span class="chips">{webhook.eventTypes.map((type) => <Tag key={type}>{type}</Tag>)}</span></Fact>
        <Fact label="created"><RelativeTime time={webhook.createdAt} /></Fact>
        <Fact label="id"><CopyId id={webhook.id} short /></Fact>
      </Facts>
      <Section title={t('webhook.deliveries')}>
        <ResourceTable<Delivery>
          id="deliveries" path="/webhook-deliveries" label={t('webhook.deliveries')} columns={columns} filters={filters} always={`webhook eq "${webhook.id}"`}
          rowActions={may('webhooks.manage') ? (delivery) => [{ text: t('delivery.retry'), icon: 'refresh', hidden: delivery.state !== 'dead', onPick: () => void retry(delivery) }] : undefined}
          empty={() => <EmptyState icon="send" title={t('deliveries.empty')} text={t('deliveries.empty.text')} />}
        />
      </Section>
      {editing.value && <WebhookForm webhook={webhook} onClose={() => { editing.value = false; }} />}
    </Page>
  );
  return () => <Loaded answer={answer} lines={6} show={show} />;
});
