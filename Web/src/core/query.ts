import { computed, onBeforeUnmount, shallowReactive, watch, type ComputedRef } from 'vue';
import { api } from './client';
import { Problem } from './problem';

interface Entry { key: string; data: unknown; problem: Problem | null; loading: boolean; loaded: boolean; watchers: number; attempt: number; at: number }

/** What a page sees of an answer. `data` stays while it is asked for again, so nothing flickers. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly problem: Problem | null;
  readonly loading: boolean;
  /** The data are of what was asked for before. */
  readonly isPrevious: boolean;
  reload(): Promise<void>;
}

const entries = new Map<string, Entry>();
const kept = 60;
const freshMilliseconds = 15_000;

/** Answers of GET requests by path and query, shared by everybody who shows them. A null key asks for nothing. */
export function useQuery<T>(key: () => string | null, options: { keepPrevious?: boolean } = {}): Answer<T> {
  let previous: Entry | null = null;
  const entry: ComputedRef<Entry | null> = computed(() => {
    const path = key();
    return path === null ? null : entryFor(path);
  });
  let held: Entry | null = null;
  watch(() => entry.value, (now, before) => {
    if (before) { before.watchers -= 1; if (before.loaded) previous = before; }
    held = now;
    if (!now) return;
    now.watchers += 1;
    // Who else shows it may have asked already.
    if (!now.loading && (!now.loaded || now.problem || Date.now() - now.at > freshMilliseconds)) void load(now);
  }, { immediate: true, flush: 'sync' });
  onBeforeUnmount(() => { if (held) held.watchers -= 1; held = null; });
  return {
    get data() {
      const now = entry.value;
      if (now && (now.loaded || !options.keepPrevious)) return now.data as T | undefined;
      return options.keepPrevious && previous ? (previous.data as T) : undefined;
    },
    get problem() { return entry.value?.problem ?? null; },
    get loading() { return entry.value?.loading ?? false; },
    get isPrevious() { return !!options.keepPrevious && !!previous && !entry.value?.loaded; },
    async reload() { if (entry.value) await load(entry.value); },
  };
}

function entryFor(key: string): Entry {
  const known = entries.get(key);
  if (known) return known;
  const fresh: Entry = shallowReactive({ key, data: undefined, problem: null, loading: false, loaded: false, watchers: 0, attempt: 0, at: 0 });
  entries.set(key, fresh);
  if (entries.size > kept) for (const old of entries.values()) if (old.watchers === 0 && old !== fresh) { entries.delete(old.key); break; }
  return fresh;
}

async function load(entry: Entry): Promise<void> {
  const attempt = (entry.attempt += 1);
  entry.loading = true;
  try {
    const data = await api.get<unknown>(entry.key);
    if (attempt !== entry.attempt) return;
    Object.assign(entry, { data, problem: null, loaded: true, at: Date.now() });
  } catch (error) {
    if (attempt === entry.attempt) entry.problem = Problem.wrap(error);
  } finally {
    if (attempt === entry.attempt) entry.loading = false;
  }
}

/** Something below these paths has changed: what is on screen is asked for again, the rest forgotten. */
export function invalidate(...prefixes: string[]): void {
  for (const entry of below(prefixes)) {
    if (entry.watchers > 0) void load(entry);
    else entries.delete(entry.key);
  }
}

/** Asks again for what is on screen below these paths. */
export function refreshShown(...prefixes: string[]): void {
  for (const entry of below(prefixes)) if (entry.watchers > 0 && !entry.loading) void load(entry);
}

const below = (prefixes: string[]): Entry[] =>
  [...entries.values()].filter(({ key }) => prefixes.some((prefix) => key === prefix || key.startsWith(`${prefix}/`) || key.startsWith(`${prefix}?`)));

/** Somebody signed out: no answer outlives the session. */
export function forgetEverything(): void {
  entries.clear();
}
