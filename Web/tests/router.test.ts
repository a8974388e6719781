import { describe, expect, test } from 'bun:test';

/** A browser's history, as far as the router uses it. */
class FakeBrowser {
  entries: { url: string; state: unknown }[] = [{ url: '/', state: null }];
  index = 0;
  /** How many steps are asked for and not taken yet. */
  moving = 0;
  listeners = new Map<string, ((event: unknown) => void)[]>();

  get url(): URL { return new URL(this.entries[this.index]!.url, 'http://acme.localhost'); }

  install(): void {
    const browser = this;
    const location = {};
    for (const name of ['href', 'pathname', 'search', 'hash', 'origin'] as const) Object.defineProperty(location, name, { get: () => browser.url[name] });
    const history = {
      get state() { return browser.entries[browser.index]!.state; },
      pushState(state: unknown, _: string, url: string) { browser.entries = [...browser.entries.slice(0, browser.index + 1), { url, state }]; browser.index += 1; },
      replaceState(state: unknown, _: string, url?: string) { browser.entries[browser.index] = { url: url || browser.entries[browser.index]!.url, state }; },
      go(by: number) {
        browser.moving += 1;
        setTimeout(() => { browser.index += by; browser.fire('popstate', { state: browser.entries[browser.index]!.state }); browser.moving -= 1; });
      },
    };
    Object.assign(globalThis, { location, history, scrollTo: () => {}, addEventListener: (name: string, run: (event: unknown) => void) => this.listeners.set(name, [...(this.listeners.get(name) ?? []), run]) });
  }

  fire(name: string, event: unknown): void { this.listeners.get(name)?.forEach((run) => run(event)); }
  back(): void { (globalThis as unknown as { history: { go(by: number): void } }).history.go(-1); }
}

const turn = () => new Promise((done) => setTimeout(done));
/** Until every step is taken and heard of, however busy the machine is. */
const settle = async () => { do await turn(); while (browser.moving); await turn(); };
const browser = new FakeBrowser();
browser.install();
const { guardLeaving, navigate, route, setQuery, startRouter } = await import('../src/core/router');
const page = (path: string) => ({ path, title: 'page.home' as const, component: {} as never });
startRouter([page('/'), page('/assets'), page('/assets/:asset')]);

describe('router', () => {
  test('it follows links, the query and the way back', async () => {
    await navigate('/assets?q=web');
    expect([route.page?.path, route.query.q]).toEqual(['/assets', 'web']);
    setQuery({ state: 'active', q: undefined });
    expect(browser.url.search).toBe('?state=active');
    await navigate('/assets/ast_1');
    expect(route.params).toEqual({ asset: 'ast_1' });
    browser.back();
    await settle();
    expect([route.path, route.query.state]).toEqual(['/assets', 'active']);
  });

  test('an address that no page has is no page', async () => {
    await navigate('/nowhere');
    expect(route.page).toBeNull();
  });

  test('somebody with unsaved changes stays, also on the way back', async () => {
    await navigate('/assets');
    await navigate('/assets/ast_2');
    let may = false;
    const release = guardLeaving({ holds: () => true, ask: async () => may });
    await navigate('/');
    expect(route.path).toBe('/assets/ast_2');
    browser.back();
    await settle();
    expect([route.path, browser.url.pathname]).toEqual(['/assets/ast_2', '/assets/ast_2']);
    may = true;
    browser.back();
    await settle();
    expect([route.path, browser.url.pathname]).toEqual(['/assets', '/assets']);
    release();
  });

  test('an unchanged form holds nobody', async () => {
    await navigate('/assets');
    const release = guardLeaving({ holds: () => false, ask: async () => false });
    await navigate('/');
    expect(route.path).toBe('/');
    release();
  });

  test('the query of the same page changes without asking', async () => {
    await navigate('/assets');
    const release = guardLeaving({ holds: () => true, ask: async () => false });
    await navigate('/assets?q=x');
    expect(route.query.q).toBe('x');
    release();
  });
});
