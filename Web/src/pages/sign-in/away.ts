import type { Query } from '../../core/paths';
import type { Farewell, OfferedProvider } from '../../api/types';

/** What a provider has written into the address, in the words of the server. */
export interface Arrival { provider: string; state: string; code?: string; error?: string; issuer?: string }

export function arrival(provider: string, query: Query): Arrival {
  const { state = '', error, iss } = query;
  // DingTalk names it in a way of its own besides.
  const code = query.code ?? query.authCode;
  return { provider, state, ...(code ? { code } : {}), ...(error ? { error: error.slice(0, 500) } : {}), ...(iss ? { issuer: iss } : {}) };
}

/** Goes to a provider: a page, whatever the server said. */
export function leave(url: string): void {
  if (!/^https?:$/.test(new URL(url).protocol)) throw new Error('no address of a page');
  location.assign(url);
}

const kept = 'gatehouse.farewell';

/** Signs out at a provider too. What it takes in a form goes by a page of its own, from which alone forms may leave. */
export function say(farewell: Farewell): void {
  if (farewell.fields.length === 0) return leave(farewell.url);
  sessionStorage.setItem(kept, JSON.stringify(farewell));
  location.assign('/sign-in/leave');
}

/** What was left for that page to say, once. */
export function takeFarewell(): Farewell | null {
  const text = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  return text ? JSON.parse(text) as Farewell : null;
}

/** The provider that a login's mail domain leads to. */
export function home(login: string, providers: OfferedProvider[]): OfferedProvider | undefined {
  const domain = /@([^@]+)$/.exec(login.trim())?.[1]?.toLowerCase();
  return domain ? providers.find((provider) => provider.domains.includes(domain)) : undefined;
}
