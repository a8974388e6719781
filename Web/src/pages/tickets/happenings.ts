import type { TimelineEvent } from '../../api/types';

/** By what word something is told. */
export type Telling = Exclude<TimelineEvent['kind'], 'level-passed' | 'ended'> | 'granted' | 'refused' | 'withdrawn' | 'expired';

const ends: Record<string, Telling> = { approved: 'granted', rejected: 'refused', withdrawn: 'withdrawn', expired: 'expired' };

const telling = ({ kind, name }: TimelineEvent): Telling | undefined => kind === 'ended' ? ends[name] : kind === 'level-passed' ? undefined : kind;

/** What is told of what happened to a request: what goes without saying is left out. */
export function told(events: TimelineEvent[]): { kind: Telling; event: TimelineEvent }[] {
  // A refusal says itself that it is the end; the last approval of several does not.
  const isSaid = events.some((one) => one.kind === 'rejected');
  return events.flatMap((event) => {
    const kind = telling(event);
    return kind && !(kind === 'refused' && isSaid) ? [{ kind, event }] : [];
  });
}
