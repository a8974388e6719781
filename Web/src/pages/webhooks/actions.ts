import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Delivery, Webhook } from '../../api/types';
import { confirm } from '../../ui/confirm';

export function setWebhookState(webhook: Webhook): Promise<boolean> {
  const state = webhook.state === 'enabled' ? 'disabled' : 'enabled';
  return act(() => api.patch(at`/webhooks/${webhook.id}`, { state }, webhook.version), { done: t('saved', { name: webhook.name }), changes: ['/webhooks'] });
}

const changes = ['/webhook-deliveries', '/webhooks'];

/** What was sent is read again for as long as a receiver may take to answer: soon at first, since most do at once. */
export function followDeliveries(): void {
  for (const pause of [0, 700, 2_500, 6_000, 16_000]) setTimeout(() => invalidate(...changes), pause);
}

function later(done: boolean): boolean {
  if (done) followDeliveries();
  return done;
}

export async function resend(delivery: Delivery): Promise<boolean> {
  return later(await act(() => api.post(at`/webhook-deliveries/${delivery.id}/retry`), { done: t('delivery.retried'), changes }));
}

export async function sendTest(webhook: Webhook): Promise<boolean> {
  return later(await act(() => api.post(at`/webhooks/${webhook.id}/test`), { done: t('webhook.tested'), changes }));
}

export function deleteWebhook(webhook: Webhook): Promise<boolean> {
  return confirm({
    title: t('webhook.delete.title', { name: webhook.name }), text: t('webhook.delete.text'), action: t('delete'), danger: true,
    work: async () => {
      await api.delete(at`/webhooks/${webhook.id}`, webhook.version);
      invalidate('/webhooks', '/webhook-deliveries');
      toast(t('webhook.deleted', { name: webhook.name }));
    },
  });
}
