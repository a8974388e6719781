import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import type { NewWebhook, Webhook } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { TextInput } from '../../ui/inputs';
import { showOnce } from '../../ui/SecretOnce';

/** Replaces the secret; the old one signs beside it for as long as the receiver needs to learn the new one. */
export const RollForm = component<{ webhook: Webhook; onClose: () => void }>((props) => {
  const form = new Form({ overlapHours: '24' });
  const save = async () => {
    const { webhook, secret } = await api.post<NewWebhook>(at`/webhooks/${props.webhook.id}/secret`, { overlapHours: Number(form.values.overlapHours) });
    invalidate('/webhooks');
    showOnce({ title: t('webhook.secret'), text: t('webhook.secret.text', { name: webhook.name }), value: secret });
  };
  return () => (
    <FormDrawer
      dialog title={t('webhook.roll.title', { name: props.webhook.name })} note={t('webhook.roll.note')} save={save} saveText={t('webhook.roll.action')} onClose={props.onClose} changed={form.isChanged} known={['overlapHours']}
      fields={(state) => (
        <TextInput name="overlapHours" label={t('webhook.roll.hours')} type="number" min={0} max={168} inputmode="numeric" value={form.values.overlapHours} onInput={form.set('overlapHours')} error={state.error('overlapHours')} help={t('webhook.roll.hours.help')} autofocus />
      )}
    />
  );
});
