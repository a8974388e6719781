import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { Webhook } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { WebhookForm } from './WebhookForm';
import { deleteWebhook, sendTest, setWebhookState } from './actions';

export const WebhooksPage = component(() => {
  const editing = shallowRef<Webhook | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const columns: Column<Webhook>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (webhook) => <Link to={at`/webhooks/${webhook.id}`}>{webhook.name}</Link>, text: (webhook) => webhook.name },
    { id: 'url', title: 'webhook.url', cell: (webhook) => <code class="clip" title={webhook.url}>{webhook.url}</code>, text: (webhook) => webhook.url },
    { id: 'events', title: 'webhook.events', cell: (webhook) => <span class="chips">{webhook.eventTypes.map((type) => <Tag key={type}>{type}</Tag>)}</span>, text: (webhook) => webhook.eventTypes.join(' ') },
    { id: 'state', title: 'state', kind: 'tight', cell: (webhook) => <span class="chips"><StateTag state={webhook.state} />{webhook.state === 'enabled' && webhook.failingSince && <Tag tone="bad">{t('webhook.fails')}</Tag>}</span>, text: (webhook) => webhook.state },
    { id: 'created', title: 'created', kind: 'tight', off: true, cell: (webhook) => <RelativeTime time={webhook.createdAt} />, text: (webhook) => webhook.createdAt },
  ];
  const actions = (webhook: Webhook) => [
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = webhook; } },
    { text: t('webhook.test'), icon: 'send' as const, hidden: webhook.state !== 'enabled', onPick: () => void sendTest(webhook) },
    { text: t(webhook.state === 'enabled' ? 'webhook.disable' : 'webhook.enable'), icon: 'lock' as const, onPick: () => void setWebhookState(webhook) },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void deleteWebhook(webhook) },
  ];
  return () => (
    <Page title={t('page.webhooks')} lead={t('webhooks.lead')} actions={() => may('webhooks.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('webhook.new')}</Button>}>
      <ResourceTable<Webhook>
        id="webhooks" path="/webhooks" label={t('page.webhooks')} columns={columns} rowLink={(webhook) => at`/webhooks/${webhook.id}`} rowActions={may('webhooks.manage') ? actions : undefined}
        empty={() => <EmptyState icon="webhook" title={t('webhooks.empty')} text={t('webhooks.empty.text')} action={may('webhooks.manage') ? t('webhook.new') : undefined} onAction={create} />}
      />
      {editing.value && <WebhookForm webhook={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
