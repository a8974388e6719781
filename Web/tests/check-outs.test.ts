import { describe, expect, test } from 'bun:test';
import { isOpen, isOver, knownTo } from '../src/pages/accounts/checkOuts';
import { asked, beginning, isAskable, isTooMuch, ownTemplate, secretRequest, takeTicket } from '../src/pages/tickets/request';
import type { CheckOut, Ticket } from '../src/api/types';

const now = Date.parse('2026-12-05T12:00:00Z');
const hours = (count: number) => new Date(now + count * 3_600_000).toISOString();
const out = (from: number, to: number, state = 'active') => ({ state, startsAt: hours(from), endsAt: hours(to) }) as CheckOut;

/** What such a request is about. */
const some = (body: Record<string, unknown>) => Object.fromEntries(['kind', 'assets', 'accounts', 'durationSeconds', 'reason'].map((name) => [name, body[name]]));

describe('a secret', () => {
  test('is asked for with one account of an asset, and without what one would do there', () => {
    const form = beginning({ ask: 'secret', asset: 'a', assetName: 'web-1', account: 'root' });
    form.set('reason')(' console ');
    expect(isAskable(form)).toBe(true);
    expect(some(asked(form))).toEqual({ kind: 'secret', assets: ['a'], accounts: ['root'], durationSeconds: 3_600, reason: 'console' });
    expect(['actions', 'protocols'].filter((name) => name in asked(form))).toEqual([]);
    form.set('templateName')('Console');
    expect(some(ownTemplate(form))).toEqual({ kind: 'secret', assets: ['a'], accounts: ['root'], durationSeconds: 3_600, reason: 'console' });
    expect(isAskable(beginning({ ask: 'secret' }))).toBe(false);
  });

  test('is asked for one account of one asset at a time, and access for many', () => {
    const form = beginning(Object.fromEntries(new URL(secretRequest({ id: 'a', name: 'web 1' }, 'root'), 'https://x.example').searchParams));
    expect(some(asked(form))).toEqual({ kind: 'secret', assets: ['a'], accounts: ['root'], durationSeconds: 3_600, reason: '' });
    expect(form.values.assets[0]?.name).toBe('web 1');
    expect(isTooMuch(form)).toBe(false);
    form.set('accounts')(['root', 'deploy']);
    expect([isTooMuch(form), isAskable(form)]).toEqual([true, false]);
    form.set('kind')('access');
    expect([isTooMuch(form), isAskable(form)]).toEqual([false, true]);
  });

  test('says who knows it: the last one by name, the others by number', () => {
    const known = { user: 'u', userName: 'Ann', endedAt: hours(-1), people: 1 };
    expect([knownTo(known), knownTo({ ...known, people: 3 })]).toEqual(['Ann', 'Ann +2']);
  });

  test('is asked for again as it was', () => {
    const form = beginning({});
    takeTicket(form, { kind: 'secret', content: { account: 'acc', form: 'password' }, assets: [{ id: 'a', name: 'web-1' }], accounts: ['root'], actions: [], durationSeconds: 1_800, reason: 'again' } as unknown as Ticket);
    expect(some(asked(form))).toEqual({ kind: 'secret', assets: ['a'], accounts: ['root'], durationSeconds: 1_800, reason: 'again' });
  });

  test('can be shown between start and end, whatever the server has marked yet', () => {
    expect([out(-1, 1), out(1, 2), out(-2, -1), out(-1, 0), out(0, 1), out(-1, 1, 'ended')].map((one) => [isOpen(one, now), isOver(one, now)])).toEqual(
      [[true, false], [false, false], [false, true], [false, true], [true, false], [false, true]]);
  });
});
