import { shallowRef } from 'vue';
import { api } from '../../core/client';
import { at } from '../../core/paths';
import type { Problem } from '../../core/problem';
import type { ProviderTest } from '../../api/types';
import { leave, type Arrival } from '../sign-in/away';

const place = 'gatehouse.trial';

/** What became of the last trial with this browser, until its page has shown it. */
export const lastTrial = shallowRef<{ provider: string; test: ProviderTest | null; problem: Problem | null } | null>(null);

/** What a departure comes back with: beside what is asked for, or at the end of the address to come back to. */
export function stateOf(url: string): string {
  const sent = new URL(url).searchParams;
  return sent.get('state') ?? sent.get('RelayState') ?? /\/cas\/([^/]+)$/.exec(sent.get('service') ?? '')?.[1] ?? '';
}

export async function beginTrial(provider: string): Promise<void> {
  const { url } = await api.post<{ url: string }>(at`/identity-providers/${provider}/trial`);
  sessionStorage.setItem(place, stateOf(url));
  leave(url);
}

/** Whether somebody comes back from a trial, and not from a sign-in. */
export const isTrial = (arrival: Arrival): boolean => !!arrival.state && sessionStorage.getItem(place) === arrival.state;

export function finishTrial(arrival: Arrival): Promise<ProviderTest> {
  sessionStorage.removeItem(place);
  return api.post<ProviderTest>(at`/identity-providers/${arrival.provider}/trial/finish`, arrival);
}
