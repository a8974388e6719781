import { shallowRef, watch } from 'vue';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { writeQuery } from '../../core/paths';
import { me } from '../../core/session';
import { toast } from '../../core/toasts';
import type { Named, Page } from '../../api/types';

/** So many things one request is about at most. */
export const most = 50;

const key = (user: string): string => `gatehouse.basket.${user}`;
const items = shallowRef<Named[]>([]);

/** What somebody has put aside to ask for, wherever they found it. It is theirs in this browser until they sign out. */
export const basket = (): Named[] => items.value;
export const isInBasket = (id: string): boolean => items.value.some((one) => one.id === id);

function keep(next: Named[]): void {
  items.value = next;
  const user = me.value?.user.id;
  if (!user) return;
  if (next.length) localStorage.setItem(key(user), JSON.stringify(next));
  else localStorage.removeItem(key(user));
}

/** Puts things in, each once; tells how many were new, and what did not find room. */
export function putIn(things: Named[]): { added: number; left: number } {
  const before = new Set(items.value.map((one) => one.id));
  const fresh = [...new Map(things.map((one) => [one.id, { id: one.id, name: one.name }])).values()].filter((one) => !before.has(one.id));
  const taken = fresh.slice(0, Math.max(0, most - items.value.length));
  if (taken.length) keep([...items.value, ...taken]);
  return { added: taken.length, left: fresh.length - taken.length };
}

export function putAndSay(things: Named[]): void {
  const { added, left } = putIn(things);
  const action = { text: t('basket.open'), to: '/requests?new=1&basket=1' };
  if (left) toast(t('basket.full', { count: most, left }), { kind: 'note', action });
  else toast(added ? t('basket.added', { count: added, total: items.value.length }) : t('basket.there'), { action });
}

export const takeOut = (things: { id: string }[]): void => keep(items.value.filter((one) => !things.some((other) => other.id === one.id)));

/** What a form drops is taken out, what it adds is put in; what was put aside meanwhile stays. */
export function follow(now: Named[], before: Named[]): void {
  takeOut(before.filter((one) => !now.some((other) => other.id === one.id)));
  putIn(now);
}

/** What is read from the browser is what some version of the portal has written there, or somebody else. */
export function readBasket(text: string | null): Named[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.filter((one): one is Named => /^ast_[0-9a-hjkmnp-tv-z]{26}$/.test(String(one?.id)) && typeof one?.name === 'string').map((one) => ({ id: one.id, name: one.name })).slice(0, most);
  } catch {
    return [];
  }
}

/** The basket follows the person: somebody else at this browser finds their own, and whoever signs out leaves none. */
export function startBasket(): void {
  watch(() => me.value?.user.id, (user) => { items.value = user ? readBasket(localStorage.getItem(key(user))) : []; }, { immediate: true, flush: 'sync' });
  addEventListener('storage', (event) => {
    const user = me.value?.user.id;
    if (user && event.key === key(user)) items.value = readBasket(event.newValue);
  });
}

export const forgetBasket = (user: string | undefined): void => { if (user) localStorage.removeItem(key(user)); };

/** Which of these cannot be asked for any more: disabled, renamed, gone, or out of what the person may ask for. The list is searched by name. */
export async function unaskable(things: Named[]): Promise<Set<string>> {
  // An address may name an asset by its id alone.
  const known = things.filter((one) => one.name !== one.id);
  const found = new Set<string>();
  for (let start = 0; start < known.length; start += 10) {
    const filter = known.slice(start, start + 10).map((one) => `name eq ${JSON.stringify(one.name)}`).join(' or ');
    const page = await api.get<Page<Named>>('/requestable-assets' + writeQuery({ filter, limit: 10 }));
    page.items.forEach((one) => found.add(one.id));
  }
  return new Set(known.map((one) => one.id).filter((id) => !found.has(id)));
}
