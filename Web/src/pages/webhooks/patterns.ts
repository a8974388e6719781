import type { EventKind } from '../../api/types';

/** What a webhook can be subscribed to: everything, each family, and each event. */
export function patternsOf(kinds: EventKind[]): string[] {
  const families = new Set(kinds.map((kind) => `${kind.type.split('.')[0]}.*`));
  return kinds.length ? ['*', ...[...families].sort(), ...kinds.map((kind) => kind.type)] : [];
}

/** A payload on several lines; what is no JSON stays as it is. */
export function readable(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
