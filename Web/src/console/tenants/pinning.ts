import type { Pinning, Worker } from '../../api/types';
import { labelText } from '../../core/labels';

/** What a company is bound to that nobody has bound: the pool of everybody. */
export const isShared = (pinning: Pinning): boolean => pinning.labels.length === 0 && pinning.pools.join() === 'default';

/** Whether a company's sessions may go through a worker. */
export const allows = (pinning: Pinning, worker: Pick<Worker, 'pool' | 'labels'>): boolean =>
  pinning.pools.includes(worker.pool) && pinning.labels.every((wanted) => worker.labels.some((label) => labelText(label) === labelText(wanted)));
