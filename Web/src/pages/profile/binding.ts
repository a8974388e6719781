import { shallowRef } from 'vue';
import { api } from '../../core/client';
import type { Problem } from '../../core/problem';
import type { ProposedBinding } from '../../api/types';
import { stateOf } from '../providers/trial';
import { leave, type Arrival } from '../sign-in/away';

const place = 'gatehouse.binding';

/** What came of the last way out to bind an account, until the profile has shown it. */
export const lastBinding = shallowRef<{ proposal: ProposedBinding | null; problem: Problem | null } | null>(null);

export async function beginBinding(provider: string): Promise<void> {
  const { url } = await api.post<{ url: string }>('/me/identities', { provider });
  sessionStorage.setItem(place, stateOf(url));
  leave(url);
}

/** Whether somebody comes back to bind an account, and not to sign in. */
export const isBinding = (arrival: Arrival): boolean => !!arrival.state && sessionStorage.getItem(place) === arrival.state;

export function finishBinding(arrival: Arrival): Promise<ProposedBinding> {
  sessionStorage.removeItem(place);
  return api.post<ProposedBinding>('/me/identities/arrive', arrival);
}
