import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { EventKind, List, NewWebhook, Organization, Webhook } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { showOnce } from '../../ui/SecretOnce';
import { Tokens } from '../../ui/Tokens';
import { organizationPath } from '../organizations/tree';
import { EventFields } from './EventFields';
import { patternsOf } from './patterns';

export const WebhookForm = component<{ webhook: Webhook | null; onClose: () => void }>((props) => {
  const { webhook } = props;
  const kinds = useQuery<List<EventKind>>(() => '/webhook-event-types');
  const tree = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  const form = new Form({
    name: webhook?.name ?? '', url: webhook?.url ?? '', eventTypes: webhook?.eventTypes ?? ['ticket.opened', 'ticket.approved', 'ticket.rejected'], organization: webhook?.organization ?? '',
  });
  const organization = () => form.values.organization || null;
  const save = async () => {
    if (webhook) await api.patch(at`/webhooks/${webhook.id}`, { ...form.changes, ...(form.changed('organization') ? { organization: organization() } : {}) }, webhook.version);
    else {
      const { webhook: created, secret } = await api.post<NewWebhook>('/webhooks', { ...form.values, organization: organization(), name: form.values.name.trim(), url: form.values.url.trim() });
      showOnce({ title: t('webhook.secret'), text: t('webhook.secret.text', { name: created.name }), value: secret });
    }
    invalidate('/webhooks');
    toast(t('saved', { name: form.values.name }));
  };
  const mark = (name: keyof typeof form.values) => webhook !== null && form.changed(name);
  /** Nobody is asked who has one organization only. */
  const organizations = () => {
    const items = tree.data?.items ?? [];
    if (items.length < 2 && !form.values.organization) return false;
    return (
      <Select
        name="organization" label={t('webhook.organization')} value={form.values.organization} onChange={form.set('organization')} changed={mark('organization')} help={t('webhook.organization.help')}
        choices={[{ value: '', text: t('webhook.organization.all') }, ...items.filter((item) => item.parent).map((item) => ({ value: item.id, text: organizationPath(item, items) }))]}
      />
    );
  };
  return () => (
    <FormDrawer
      title={webhook ? t('webhook.edit', { name: webhook.name }) : t('webhook.new')} save={save} saveText={webhook ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged} disabled={webhook !== null && !form.isChanged} known={['name', 'url', 'eventTypes', 'organization']}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} changed={mark('name')} autofocus />,
        <TextInput name="url" label={t('webhook.url')} type="url" value={form.values.url} onInput={form.set('url')} error={state.error('url')} changed={mark('url')} placeholder="https://" monospace help={t('webhook.url.help')} />,
        <Tokens
          name="eventTypes" label={t('webhook.events')} value={form.values.eventTypes} onChange={form.set('eventTypes')} suggestions={patternsOf(kinds.data?.items ?? [])}
          error={state.error('eventTypes')} changed={mark('eventTypes')} help={t('webhook.events.help')}
        />,
        kinds.data && <EventFields kinds={kinds.data.items} value={form.values.eventTypes} onChange={form.set('eventTypes')} />,
        organizations(),
      ]}
    />
  );
});
