import { shallowRef } from 'vue';
import type { Me, TenantInfo, Farewell } from '../api/types';
import { api } from './client';
import { setLanguage, t } from './i18n';
import { forgetOrganization, organization } from './organization';
import { navigate, route } from './router';
import { forgetEverything } from './query';
import { Problem } from './problem';
import { isConsole } from './surface';

/** Who is signed in, or null. */
export const me = shallowRef<Me | null>(null);
export const tenant = shallowRef<TenantInfo | null>(null);

/** Why somebody else ended the session of this browser, for the sign-in page; null if nobody did. */
export const endedBecause = shallowRef<string | null>(null);

const remember = (problem: Problem): void => { endedBecause.value = problem.reasons.find((reason) => reason.code.startsWith('session-ended-'))?.code ?? null; };

export const may = (permission: string | undefined): boolean => !permission || !!me.value?.permissions.includes(permission);

/** Whose face this is: the company's, or the provider's. */
export const house = (): string => (isConsole ? t('console.title') : me.value?.tenant.name ?? tenant.value?.name ?? '');

/** Asks the server who this is; nobody is an answer too. */
export async function loadSession(): Promise<void> {
  try {
    me.value = await api.json<Me>({ method: 'GET', path: '/me', quiet: true });
    endedBecause.value = null;
    if (me.value.user.language) await setLanguage(me.value.user.language, false);
  } catch (error) {
    const problem = Problem.wrap(error);
    if (problem.status === 404 && organization()) {
      // It was merged or removed, or is not this person's any more.
      forgetOrganization();
      return loadSession();
    }
    if (problem.status !== 401 && problem.kind !== 'tenant-closed') throw error;
    remember(problem);
    me.value = null;
  }
}

export async function loadTenant(): Promise<void> {
  tenant.value = await api.get<TenantInfo>('/auth/tenant');
}

/** The server no longer knows this session: sign in, then come back here. */
export function sessionEnded(problem?: Problem): void {
  const signedIn = me.value !== null;
  if (signedIn && problem) remember(problem);
  me.value = null;
  forgetEverything();
  if (!signedIn || route.page?.bare) return;
  void navigate(`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`, { replace: true, force: true });
}

/** The company lets nobody in any more: the page that says why is in place of the sign-in. */
export async function companyClosed(): Promise<void> {
  me.value = null;
  forgetEverything();
  await loadTenant();
  if (!route.page?.bare) await navigate('/sign-in', { replace: true, force: true });
}

/** Where whoever has just signed out is signed in besides, until the next sign-in. */
export const farewells = shallowRef<Farewell[]>([]);

export async function signOut(): Promise<void> {
  // A provider that cannot be asked hinders nobody from leaving, and one that is slow delays nobody.
  const asked = api.get<{ items: Farewell[] }>('/me/farewells').catch(() => ({ items: [] }));
  const besides = await Promise.race([asked, new Promise<{ items: Farewell[] }>((resolve) => { setTimeout(() => resolve({ items: [] }), 2000); })]);
  await api.post('/me/sign-out');
  farewells.value = besides.items;
  forgetOrganization();
  me.value = null;
  forgetEverything();
  await navigate('/sign-in', { force: true });
}
