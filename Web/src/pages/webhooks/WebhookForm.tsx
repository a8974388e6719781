import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { NewWebhook, Webhook } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { TextInput } from '../../ui/inputs';
import { showOnce } from '../../ui/SecretOnce';
import { Tokens } from '../../ui/Tokens';

const known = ['ticket.opened', 'ticket.approved', 'ticket.rejected', 'ticket.withdrawn', 'ticket.expired', 'session.started', 'session.ended', 'grant.created', 'grant.revoked'];

export const WebhookForm = component<{ webhook: Webhook | null; onClose: () => void }>((props) => {
  const { webhook } = props;
  const form = new Form({ name: webhook?.name ?? '', url: webhook?.url ?? '', eventTypes: webhook?.eventTypes ?? ['ticket.opened', 'ticket.approved', 'ticket.rejected'] });
  const save = async () => {
    if (webhook) await api.patch(at`/webhooks/${webhook.id}`, form.changes, webhook.version);
    else {
      const { webhook: created, secret } = await api.post<NewWebhook>('/webhooks', { ...form.values, name: form.values.name.trim(), url: form.values.url.trim() });
      showOnce({ title: t('webhook.secret'), text: t('webhook.secret.text', { name: created.name }), value: secret });
    }
    invalidate('/webhooks');
    toast(t('saved', { name: form.values.name }));
  };
  const mark = (name: keyof typeof form.values) => webhook !== null && form.changed(name);
  return () => (
    <FormDrawer
      title={webhook ? t('webhook.edit', { name: webhook.name }) : t('webhook.new')} save={save} saveText={webhook ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged} disabled={webhook !== null && !form.isChanged} known={['name', 'url', 'eventTypes']}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} changed={mark('name')} autofocus />,
        <TextInput name="url" label={t('webhook.url')} type="url" value={form.values.url} onInput={form.set('url')} error={state.error('url')} changed={mark('url')} placeholder="https://" monospace help={t('webhook.url.help')} />,
        <Tokens name="eventTypes" label={t('webhook.events')} value={form.values.eventTypes} onChange={form.set('eventTypes')} suggestions={known} error={state.error('eventTypes')} changed={mark('eventTypes')} help={t('webhook.events.help')} />,
      ]}
    />
  );
});
