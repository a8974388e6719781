import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Webhook } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextInput } from '../../ui/inputs';
import { followDeliveries } from './actions';

/** Sends again what was given up, or everything of a span: the receiver knows repeats by their id. */
export const ReplayForm = component<{ webhook: Webhook; onClose: () => void }>((props) => {
  const form = new Form({ which: 'dead', from: '', to: '' });
  const save = async () => {
    const { which, from, to } = form.values;
    let next = fromLocalInput(from);
    let total = 0;
    // Ten thousand at a time.
    for (;;) {
      const body: Record<string, string | null> = { which, from: next, to: fromLocalInput(to) };
      const done = await api.post<{ count: number; rest?: string | null }>(at`/webhooks/${props.webhook.id}/replay`, body);
      total += done.count;
      if (!done.rest || done.rest === next) break;
      next = done.rest;
    }
    followDeliveries();
    toast(t('webhook.replayed', { count: total }));
  };
  return () => (
    <FormDrawer
      dialog title={t('webhook.replay.title', { name: props.webhook.name })} note={t('webhook.replay.note')} save={save} saveText={t('delivery.retry')} onClose={props.onClose} changed={form.isChanged} known={['from', 'to']}
      disabled={form.values.which === 'all' && !(form.values.from && form.values.to)}
      fields={(state) => [
        <Choices
          name="which" label={t('webhook.replay.which')} value={[form.values.which]} onChange={(value: string[]) => form.set('which')(value[0] ?? 'dead')}
          choices={[{ value: 'dead', text: t('webhook.replay.dead') }, { value: 'all', text: t('webhook.replay.all') }]}
        />,
        <div class="fields-2">
          <TextInput name="from" label={t('webhook.replay.from')} type="datetime-local" value={form.values.from} onInput={form.set('from')} error={state.error('from')} optional={form.values.which === 'dead'} />
          <TextInput name="to" label={t('webhook.replay.to')} type="datetime-local" value={form.values.to} onInput={form.set('to')} error={state.error('to')} optional={form.values.which === 'dead'} />
        </div>,
      ]}
    />
  );
});
