import { shallowReactive, type Comp } from 'vue';
import { compile, match, readQuery, writeQuery, type Pattern, type Query } from './paths';
import type { Key } from './i18n';

/** A page: its path, its component, what it takes to see it, and its name in titles and breadcrumbs. */
export interface Page { path: string; title: Key; component: Comp<{}>; permission?: string; parent?: string; bare?: boolean }

interface Compiled extends Page { pattern: Pattern }
interface Route { page: Page | null; path: string; params: Record<string, string>; query: Query; hash: string }

/** Where the person is; everything that reads it follows. */
export const route: Route = shallowReactive({ page: null, path: '/', params: {}, query: {}, hash: '' });

/** Unsaved work: whether there is any, and the question about it. */
export interface Guard { holds(): boolean; ask(): Promise<boolean> }

let pages: Compiled[] = [];
/** Where this page is in the tab's history, so that a step back can be taken back. */
let position = 0;
const guards = new Set<Guard>();
const isHeld = (): boolean => [...guards].some((guard) => guard.holds());

export function startRouter(list: Page[]): void {
  pages = list.map((page) => ({ ...page, pattern: compile(page.path) }));
  position = positionOf(history.state);
  history.replaceState({ position }, '');
  let returned: (() => void) | null = null;
  addEventListener('popstate', async (event: PopStateEvent) => {
    if (returned) {
      returned();
      returned = null;
      return;
    }
    const target = positionOf(event.state);
    if (isHeld() && location.pathname !== route.path) {
      // The browser has moved already: go back to where the question is asked, and on from there.
      const goal = location.pathname + location.search + location.hash;
      await new Promise<void>((resolve) => {
        returned = resolve;
        history.go(position - target || 1);
      });
      if (await mayLeave()) move(goal, false);
      return;
    }
    position = target;
    read();
  });
  addEventListener('beforeunload', (event: BeforeUnloadEvent) => {
    if (isHeld()) event.preventDefault();
  });
  read();
}

const positionOf = (state: unknown): number => (state as { position?: number } | null)?.position ?? 0;

export function find(path: string): { page: Page; params: Record<string, string> } | null {
  for (const page of pages) {
    const params = match(page.pattern, path);
    if (params) return { page, params };
  }
  return null;
}

function read(): void {
  const found = find(location.pathname);
  const moved = route.path !== location.pathname;
  Object.assign(route, {
    page: found?.page ?? null, path: location.pathname, params: found?.params ?? {}, query: readQuery(location.search), hash: location.hash,
  });
  if (moved) scrollTo(0, 0);
}

/** Goes to a path of the portal, unless somebody with unsaved changes stays. */
export async function navigate(to: string, how: { replace?: boolean; force?: boolean } = {}): Promise<void> {
  const samePage = new URL(to, location.href).pathname === route.path;
  if (!how.force && !samePage && !(await mayLeave())) return;
  move(to, !!how.replace);
}

function move(to: string, replace: boolean): void {
  if (!replace) position += 1;
  history[replace ? 'replaceState' : 'pushState']({ position }, '', to);
  read();
}

/** Changes the query of this page; empty values go away. */
export function setQuery(patch: Record<string, string | undefined>, replace = true): void {
  move(route.path + writeQuery({ ...route.query, ...patch }), replace);
}

/** Asks before the page is left, until the returned function is called. */
export function guardLeaving(guard: Guard): () => void {
  guards.add(guard);
  return () => void guards.delete(guard);
}

async function mayLeave(): Promise<boolean> {
  for (const guard of guards) if (guard.holds() && !(await guard.ask())) return false;
  guards.clear();
  return true;
}
