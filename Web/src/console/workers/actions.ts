import { api } from '../../core/client';
import { act } from '../../core/act';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import type { Worker } from '../../api/types';
import { confirm } from '../../ui/confirm';
import type { IconName } from '../../ui/Icon';
import type { MenuItem } from '../../ui/Menu';

interface Order { verb: 'drain' | 'resume' | 'quarantine' | 'remove'; from: string[]; title: Key; text: Key; icon: IconName; danger?: boolean }

/** What a worker can be told, by the states that it can be told in. */
const orders: Order[] = [
  { verb: 'drain', from: ['active'], title: 'worker.drain', text: 'worker.drain.text', icon: 'player-pause' },
  { verb: 'resume', from: ['draining', 'quarantined'], title: 'worker.resume', text: 'worker.resume.text', icon: 'player-play' },
  { verb: 'quarantine', from: ['active', 'draining'], title: 'worker.quarantine', text: 'worker.quarantine.text', icon: 'shield-lock', danger: true },
  { verb: 'remove', from: ['active', 'draining', 'quarantined'], title: 'worker.remove', text: 'worker.remove.text', icon: 'trash', danger: true },
];

export function workerActions(worker: Worker, place: (worker: Worker) => void): MenuItem[] {
  const { name } = worker;
  const changes = ['/workers', '/audit-events'];
  const give = (order: Order) => (order.verb === 'remove' ? api.delete(at`/workers/${worker.id}`) : api.post(at`/workers/${worker.id}/` + order.verb));
  const ask = (order: Order) => void confirm({
    title: t(order.title), text: t(order.text, { name, count: worker.sessions }), action: t(order.title), danger: order.danger, typeName: order.verb === 'remove' ? name : undefined,
    work: async () => { await give(order); await act(async () => undefined, { done: t('worker.told', { name }), changes }); },
  });
  return [
    { text: t('worker.place'), icon: 'route', hidden: worker.state === 'removed', onPick: () => place(worker) },
    ...orders.map((order): MenuItem => ({ text: t(order.title), icon: order.icon, danger: order.danger, hidden: !order.from.includes(worker.state), onPick: () => ask(order) })),
  ];
}
