import { describe, expect, test } from 'bun:test';
import { byDay, money, pressing } from '../src/pages/settings/usage';
import type { Quota } from '../src/api/types';

const item = (meter: string, hour: string, quantity: number) => ({ tenant: 'ten_1', meter, hour, quantity });
const quota = (kind: string, state: Quota['state']): Quota => ({ kind, limit: 1, warnAt: 1, used: 1, state });

describe('usage', () => {
  test('hours become days of UTC, and what is outside of them is left out', () => {
    const now = Date.parse('2026-11-28T23:59:59Z');
    const days = byDay([
      item('commands', '2026-11-28T00:00:00Z', 1), item('commands', '2026-11-28T23:00:00Z', 2), item('commands', '2026-11-26T05:00:00Z', 4),
      item('commands', '2026-11-25T23:00:00Z', 8), item('commands', '2026-11-29T00:00:00Z', 16), item('api-calls', '2026-11-27T12:00:00Z', 32),
    ], now, 3);
    expect(days).toEqual([{ meter: 'api-calls', total: 32, days: [0, 32, 0] }, { meter: 'commands', total: 7, days: [4, 0, 3] }]);
  });

  test('what is full comes before what is near, and nothing else is pressing', () => {
    const items = [quota('users', 'near'), quota('assets', 'ok'), quota('sessions', 'full')];
    expect(pressing(items).map((one) => one.kind)).toEqual(['sessions', 'users']);
  });

  test('a sum knows how small its currency is', () => {
    expect(money(123456, 'EUR').replace(/[^0-9.]/g, '')).toBe('1234.56');
    expect(money(500, 'JPY').replace(/[^0-9.]/g, '')).toBe('500');
  });
});
