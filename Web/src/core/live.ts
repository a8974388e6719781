import { watch } from 'vue';
import { api } from './client';
import { me } from './session';
import { invalidate, refreshShown } from './query';
import type { Me } from '../api/types';

const topics: Record<string, string[]> = {
  ticket: ['/tickets', '/my/tickets', '/inbox', '/my/assets', '/my/grants', '/grants'],
  delegation: ['/me/delegations', '/inbox'],
  session: ['/sessions', '/my/sessions'],
  grant: ['/grants', '/my/grants', '/my/assets', '/break-glass'],
  secret: ['/my/check-outs', '/check-outs', '/accounts'],
  notice: ['/my/notices'],
};

/** A named event reaches only who asks for its name. */
const names = [
  'ticket.opened', 'ticket.approved', 'ticket.level-approved', 'ticket.rejected', 'ticket.withdrawn', 'ticket.expired', 'ticket.commented',
  'ticket.answered', 'ticket.reminded', 'ticket.escalated', 'ticket.reassigned', 'ticket.copied', 'delegation.created', 'delegation.ended',
  'session.created', 'session.connected', 'session.started', 'session.ended', 'grant.created', 'grant.revoked', 'grant.ended',
  'secret.checked-out', 'secret.shown', 'secret.checked-in', 'grant.handed-back', 'grant.unused', 'grant.extended',
  'notice.changed',
];

const pollMilliseconds = 5_000;

/** Lists and pages follow what happens on the server while somebody is signed in: told by it, or by asking again where it does not tell. */
export function startLive(): void {
  let source: EventSource | null = null;
  let failures = 0;
  const connect = () => {
    const stream = open();
    source = stream;
    stream.addEventListener('open', () => {
      // What happened while nobody listened was told to nobody.
      if (failures) refreshShown(...Object.values(topics).flat());
      failures = 0;
    });
    stream.addEventListener('error', () => {
      failures += 1;
      // A browser tries again after a lost connection, and never after another answer, such as that of a proxy while a server starts.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => { if (source === stream) connect(); }, Math.min(60_000, 1_000 * 2 ** failures));
    });
  };
  watch(() => me.value?.user.id, (user) => {
    source?.close();
    source = null;
    failures = 0;
    if (user) connect();
  }, { immediate: true });
  setInterval(() => {
    if (me.value && source?.readyState !== EventSource.OPEN && document.visibilityState === 'visible') refreshShown(...Object.values(topics).flat());
  }, pollMilliseconds);
}

function open(): EventSource {
  const source = new EventSource('/api/v1/events/stream');
  const changed = (event: Event) => soon(topics[typeOf(event).split('.')[0] ?? ''] ?? []);
  // The server ends the stream when somebody's roles have changed: what they may do is asked for again.
  source.addEventListener('error', () => { api.get<Me>('/me').then((now) => { if (me.value) me.value = now; }).catch(() => undefined); });
  for (const name of ['message', ...Object.keys(topics), ...names]) source.addEventListener(name, changed);
  return source;
}

function typeOf(event: Event): string {
  if (event.type !== 'message') return event.type;
  try {
    return String((JSON.parse((event as MessageEvent<string>).data) as { type?: unknown }).type);
  } catch {
    return '';
  }
}

const due = new Set<string>();

/** A burst of events is one reload. */
function soon(prefixes: string[]): void {
  if (!due.size && prefixes.length) setTimeout(() => { invalidate(...due); due.clear(); }, 150);
  prefixes.forEach((prefix) => due.add(prefix));
}
