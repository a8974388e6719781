import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tSaid } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { absolute } from '../../core/time';
import { useQuery } from '../../core/query';
import type { Delivery, EventKind, List, Organization, Webhook } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { organizationPath } from '../organizations/tree';
import { DeliveryDrawer } from './DeliveryDrawer';
import { ReplayForm } from './ReplayForm';
import { RollForm } from './RollForm';
import { WebhookForm } from './WebhookForm';
import { deleteWebhook, resend, sendTest, setWebhookState } from './actions';

const hours: Record<string, number> = { hour: 1, day: 24, week: 168 };
/** On the whole of five minutes, so that drawing the page again asks for nothing else. */
const since = (word: string): string => new Date(Math.floor(Date.now() / 300_000) * 300_000 - (hours[word] ?? 0) * 3_600_000).toISOString();

/** A webhook with what was sent through it. */
export const WebhookPage = component(() => {
  const id = route.params.webhook ?? '';
  const answer = useQuery<Webhook>(() => at`/webhooks/${id}`);
  const kinds = useQuery<List<EventKind>>(() => '/webhook-event-types');
  const tree = useQuery<List<Organization>>(() => (answer.data?.organization && may('organizations.read') ? '/organizations' : null));
  const open = ref<'edit' | 'roll' | 'replay' | null>(null);
  const shown = shallowRef<Delivery | null>(null);
  const close = () => { open.value = null; };
  const columns: Column<Delivery>[] = [
    { id: 'event', title: 'delivery.event', kind: 'main', cell: (delivery) => <button type="button" class="link" onClick={() => { shown.value = delivery; }}>{delivery.eventType}</button>, text: (delivery) => delivery.eventType },
    { id: 'state', title: 'state', kind: 'tight', cell: (delivery) => <StateTag state={delivery.state} />, text: (delivery) => delivery.state },
    { id: 'attempts', title: 'delivery.attempts', kind: 'number', cell: (delivery) => delivery.attempts },
    { id: 'status', title: 'delivery.status', kind: 'number', cell: (delivery) => delivery.lastStatus ?? '' },
    { id: 'error', title: 'delivery.error', cell: (delivery) => <span class="clip wide" title={tSaid(delivery.lastError ?? '')}>{tSaid(delivery.lastError ?? '')}</span>, text: (delivery) => delivery.lastError ?? '' },
    { id: 'next', title: 'delivery.next', kind: 'tight', cell: (delivery) => delivery.state === 'pending' && <RelativeTime time={delivery.nextAttemptAt} /> },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (delivery) => <RelativeTime time={delivery.createdAt} />, text: (delivery) => delivery.createdAt },
  ];
  const filters = (): FilterDef[] => [
    { id: 'state', title: 'state', choices: ['pending', 'delivered', 'dead'].map((value) => ({ value, text: stateName(value) })) },
    { id: 'eventType', title: 'delivery.event', choices: ['webhook.test', ...(kinds.data?.items ?? []).map((kind) => kind.type)].map((value) => ({ value, text: value })) },
    {
      id: 'since', title: 'delivery.since', toFilter: (value) => `createdAt ge "${since(value)}"`,
      choices: [{ value: 'hour', text: t('delivery.since.hour') }, { value: 'day', text: t('delivery.since.day') }, { value: 'week', text: t('delivery.since.week') }],
    },
  ];
  const rowActions = (delivery: Delivery) => [
    { text: t('delivery.show'), icon: 'eye' as const, onPick: () => { shown.value = delivery; } },
    { text: t('delivery.retry'), icon: 'refresh' as const, hidden: delivery.state === 'pending' || !may('webhooks.manage'), onPick: () => void resend(delivery) },
  ];
  const actions = (webhook: Webhook) => may('webhooks.manage') && [
    <Button kind="primary" icon="send" disabled={webhook.state !== 'enabled'} onClick={() => void sendTest(webhook)}>{t('webhook.test')}</Button>,
    <Button icon="edit" onClick={() => { open.value = 'edit'; }}>{t('edit')}</Button>,
    <Menu
      text={t('table.actions')} label={t('table.actions')}
      items={[
        { text: t('webhook.replay'), icon: 'refresh', onPick: () => { open.value = 'replay'; } },
        { text: t('webhook.roll'), icon: 'key', onPick: () => { open.value = 'roll'; } },
        { text: t(webhook.state === 'enabled' ? 'webhook.disable' : 'webhook.enable'), icon: 'lock', onPick: () => void setWebhookState(webhook) },
        { text: t('delete'), icon: 'trash', danger: true, onPick: async () => { if (await deleteWebhook(webhook)) await navigate('/webhooks', { replace: true }); } },
      ]}
    />,
  ];
  const place = (webhook: Webhook): string => {
    const items = tree.data?.items ?? [];
    const found = items.find((item) => item.id === webhook.organization);
    return found ? organizationPath(found, items) : webhook.organization ?? '';
  };
  const notes = (webhook: Webhook) => [
    webhook.state === 'disabled' && webhook.disabledBecause && <p class="note danger" role="status">{t(webhook.disabledBecause === 'gone' ? 'webhook.gone' : 'webhook.failed')}</p>,
    webhook.state === 'enabled' && webhook.failingSince && <p class="note wait" role="status">{t('webhook.failing', { time: absolute(webhook.failingSince) })}</p>,
    webhook.oldSecretUntil && new Date(webhook.oldSecretUntil) > new Date() && <p class="note">{t('webhook.old-secret', { time: absolute(webhook.oldSecretUntil) })}</p>,
  ];
  const show = (webhook: Webhook) => (
    <Page title={webhook.name} state={() => <StateTag state={webhook.state} />} actions={() => actions(webhook)}>
      {notes(webhook)}
      <Facts>
        <Fact label="webhook.url"><code>{webhook.url}</code></Fact>
        <Fact label="webhook.events"><span class="chips">{webhook.eventTypes.map((type) => <Tag key={type}>{type}</Tag>)}</span></Fact>
        {webhook.organization && <Fact label="webhook.organization">{place(webhook)}</Fact>}
        <Fact label="created"><RelativeTime time={webhook.createdAt} /></Fact>
        <Fact label="id"><CopyId id={webhook.id} short /></Fact>
      </Facts>
      <Section title={t('webhook.deliveries')}>
        <ResourceTable<Delivery>
          id="deliveries" path="/webhook-deliveries" label={t('webhook.deliveries')} columns={columns} filters={filters()} always={`webhook eq "${webhook.id}"`} rowActions={rowActions}
          empty={() => <EmptyState icon="send" title={t('deliveries.empty')} text={t('deliveries.empty.text')} />}
        />
      </Section>
      {open.value === 'edit' && <WebhookForm webhook={webhook} onClose={close} />}
      {open.value === 'roll' && <RollForm webhook={webhook} onClose={close} />}
      {open.value === 'replay' && <ReplayForm webhook={webhook} onClose={close} />}
      {shown.value && <DeliveryDrawer delivery={shown.value} onClose={() => { shown.value = null; }} />}
    </Page>
  );
  return () => <Loaded answer={answer} lines={6} show={show} />;
});
