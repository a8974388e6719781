import { describe, expect, test } from 'bun:test';
import { Form } from '../src/core/form';
import { fill } from '../src/core/i18n';
import { nodePath, tree } from '../src/pages/assets/nodes';
import type { TimelineEvent } from '../src/api/types';
import { told } from '../src/pages/tickets/happenings';
import { narrowings, windowSeconds } from '../src/pages/tickets/windows';
import { patternsOf, readable } from '../src/pages/webhooks/patterns';
import { browserName } from '../src/pages/profile/browser';
import { accents, contrast, mix, parseColor, type Color } from '../src/core/color';

describe('forms', () => {
  test('only what is different is a change', () => {
    const form = new Form({ name: 'a', labels: ['x'], port: '22' });
    expect(form.isChanged).toBeFalse();
    form.set('labels')(['x', 'y']);
    form.set('name')('b');
    form.set('name')('a');
    expect([form.isChanged, form.changed('name'), form.changes]).toEqual([true, false, { labels: ['x', 'y'] }]);
  });
});

describe('texts', () => {
  test('values are filled in, and a number chooses its form', () => {
    expect(fill('{name} has {count} {count|row|rows}', { name: 'A', count: 1 })).toBe('A has 1 row');
    expect(fill('{count} {count|row|rows}', { count: 0 })).toBe('0 rows');
    expect(fill('{unknown} stays', {})).toBe('{unknown} stays');
    expect(fill('{name}', { name: '{count}' })).toBe('{count}');
  });
});

describe('windows of requests', () => {
  const start = new Date(2026, 10, 25, 22, 0, 0);

  test('presets are lengths', () => {
    expect([windowSeconds('hour', 0, start), windowSeconds('week', 0, start), windowSeconds('minutes', 10, start), windowSeconds('today', 0, start)]).toEqual([3_600, 604_800, 600, 7_200]);
  });

  test('today is never a moment only, and minutes make sense', () => {
    expect(windowSeconds('today', 0, new Date(2026, 10, 25, 23, 59, 0))).toBe(900);
    expect([windowSeconds('minutes', 0, start), windowSeconds('minutes', NaN, start)]).toEqual([60, 1_800]);
  });

  test('an approver may shorten, never lengthen', () => {
    expect(narrowings(1_800)).toEqual([300, 600, 900, 1_800]);
    expect(narrowings(60)).toEqual([60]);
    expect(narrowings(4_000).at(-1)).toBe(4_000);
  });
});

describe('history of a request', () => {
  const event = (kind: TimelineEvent['kind'], name = ''): TimelineEvent => ({ at: '2026-11-25T10:00:00Z', kind, level: null, name, person: null, onBehalfOf: null, channel: null, hasProof: false, text: '', changes: [], people: [] });
  const kinds = (...events: TimelineEvent[]) => told(events).map((one) => one.kind);

  test('what was asked, said and decided is told in its order, and what goes without saying is not', () => {
    expect(kinds(event('opened'), event('level-opened', 'Lead'), event('reminded'), event('commented'), event('approved'), event('level-passed', 'Lead'), event('escalated'), event('ended', 'expired'))).toEqual([
      'opened', 'level-opened', 'reminded', 'commented', 'approved', 'escalated', 'expired',
    ]);
  });

  test('a refusal is the end itself; an approval and a withdrawal are told besides', () => {
    expect(kinds(event('rejected'), event('ended', 'rejected'))).toEqual(['rejected']);
    expect(kinds(event('approved'), event('ended', 'rejected'))).toEqual(['approved', 'refused']);
    expect(kinds(event('approved'), event('ended', 'approved'))).toEqual(['approved', 'granted']);
    expect(kinds(event('approved'), event('ended', 'withdrawn'))).toEqual(['approved', 'withdrawn']);
  });
});

describe('folders', () => {
  const node = (id: string, name: string, parent: string | null) => ({ id, name, parent, assetCount: 0, version: 1 });
  const nodes = [node('b', 'B', 'a'), node('a', 'A', null), node('c', 'C', 'gone'), node('d', 'A2', 'a')];

  test('a flat list is a tree by name, and nothing is lost', () => {
    expect(tree(nodes).map((branch) => [branch.node.name, branch.children.map((child) => child.node.name)])).toEqual([['A', ['A2', 'B']], ['C', []]]);
  });

  test('a path names all folders above, and a ring ends', () => {
    expect(nodePath(nodes[0]!, nodes)).toBe('A / B');
    const ring = [node('x', 'X', 'y'), node('y', 'Y', 'x')];
    expect(nodePath(ring[0]!, ring).length < 200).toBeTrue();
  });
});

describe('browsers', () => {
  test('a browser is known by its name and system', () => {
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0')).toBe('Chrome, Linux');
    expect(browserName(null)).toBe('');
  });
});

describe('colours of a company', () => {
  const allowed = ['#1b5cd0', '#000000', '#8a1020', '#767676', '#005500', '#0000ff', '#7a00b8', '#a33b00', '#00687a'];

  test('text in and on every colour can be read, in both themes', () => {
    for (const text of allowed) {
      for (const dark of [false, true]) {
        const own = accents(parseColor(text)!, dark);
        const color = (name: string): Color => parseColor(own[name]!.length === 4 ? '#ffffff' : own[name]!)!;
        const ground: Color = dark ? [21, 26, 33] : [255, 255, 255];
        for (const [one, other] of [[color('--accent'), ground], [color('--accent'), color('--accent-soft')], [color('--on-accent'), color('--accent')], [color('--on-accent'), color('--accent-hover')]] as const) {
          expect(`${text} ${dark} ${contrast(one, other) >= 4.5}`).toBe(`${text} ${dark} true`);
        }
      }
    }
  });

  test('what is no colour is none', () => {
    expect(['', 'red', '#12', '#12345g'].map(parseColor)).toEqual([null, null, null, null]);
    expect(mix([0, 0, 0], [100, 200, 50], 0.5)).toEqual([50, 100, 25]);
  });
});

describe('webhooks', () => {
  test('they can be subscribed to everything, to families and to single events', () => {
    const kinds = ['ticket.opened', 'user.created', 'ticket.closed'].map((type) => ({ type, members: [] }));
    expect(patternsOf(kinds)).toEqual(['*', 'ticket.*', 'user.*', 'ticket.opened', 'user.created', 'ticket.closed']);
    expect(patternsOf([])).toEqual([]);
  });

  test('a payload is shown on several lines, and what is none as it is', () => {
    expect([readable('{"a":[1]}'), readable('{')]).toEqual(['{\n  "a": [\n    1\n  ]\n}', '{']);
  });
});
