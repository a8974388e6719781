import { watch } from 'vue';
import { me } from './session';
import { invalidate } from './query';

const topics: Record<string, string[]> = {
  ticket: ['/tickets', '/my/tickets', '/inbox', '/my/assets', '/grants'],
  session: ['/sessions', '/my/sessions'],
  grant: ['/grants', '/my/assets'],
};

/** Lists and pages follow what happens on the server, as long as somebody is signed in. */
export function startLive(): void {
  let source: EventSource | null = null;
  watch(() => me.value?.user.id, (user) => {
    source?.close();
    source = user ? open() : null;
  }, { immediate: true });
}

function open(): EventSource {
  const source = new EventSource('/api/v1/events/stream');
  const changed = (event: Event) => {
    const prefixes = topics[(event.type.split('.')[0] ?? '')] ?? typeOf(event);
    if (prefixes) soon(prefixes);
  };
  source.onmessage = changed;
  for (const topic of Object.keys(topics)) source.addEventListener(topic, changed);
  for (const name of names) source.addEventListener(name, changed);
  return source;
}

const names = [
  'ticket.opened', 'ticket.approved', 'ticket.advanced', 'ticket.rejected', 'ticket.withdrawn', 'ticket.expired', 'ticket.commented', 'ticket.decided',
  'session.created', 'session.connected', 'session.ended', 'session.started', 'grant.created', 'grant.revoked', 'grant.ended',
];

function typeOf(event: Event): string[] | undefined {
  try {
    const { type } = JSON.parse((event as MessageEvent<string>).data) as { type?: string };
    return topics[type?.split('.')[0] ?? ''];
  } catch {
    return undefined;
  }
}

const due = new Set<string>();
/** A burst of events is one reload. */
function soon(prefixes: string[]): void {
  if (!due.size) setTimeout(() => { invalidate(...due); due.clear(); }, 150);
  prefixes.forEach((prefix) => due.add(prefix));
}
