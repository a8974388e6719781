import { describe, expect, test } from 'bun:test';
import { setLanguage } from '../src/core/i18n';
import { absolute } from '../src/core/time';
import { detailsOf } from '../src/pages/audit/details';

/** As lines that a person reads. */
const read = (details: Record<string, unknown>) => detailsOf(details).map((one) => `${one.name}: ${one.value}`);

describe('what is known of an event besides', () => {
  test('has a line for each member, called as the portal calls it', () => {
    expect(read({ level: 1, outcome: 'approved', channel: 'portal', onBehalfOf: 'usr_1' })).toEqual(['Level: 1', 'Outcome: Approved', 'By way of: portal', 'On behalf of: usr_1']);
  });

  test('keeps a name that the portal does not know', () => {
    expect(read({ somethingNew: 'x', level: null, other: '' })).toEqual(['somethingNew: x', 'Level: –', 'other: –']);
  });

  test('tells moments and whether something is so as everywhere', () => {
    expect(read({ endsAt: '2026-11-30T10:00:00.000Z', enabled: true, on: false })).toEqual([`Ends: ${absolute('2026-11-30T10:00:00.000Z')}`, 'Enabled: Yes', 'On: No']);
    expect(read({ reason: 'Until 2026-11-30T10:00:00Z' })).toEqual(['Reason: Until 2026-11-30T10:00:00Z']);
  });

  test('puts what stands within something behind its name, and lists of plain things on one line', () => {
    expect(read({ address: { before: 'a.example', after: 'b.example' }, because: ['Acme', 'default'], roles: [] })).toEqual([
      'Address › Before: a.example', 'Address › After: b.example', 'Because of: Acme, default', 'Roles: –',
    ]);
    expect(read({ floors: [{ level: 1 }, { level: 2, kinds: ['access'] }, 'x'] })).toEqual(['Company-wide rules 1 › Level: 1', 'Company-wide rules 2 › Level: 2', 'Company-wide rules 2 › kinds: access', 'Company-wide rules 3: x']);
    expect(read({ settings: {} })).toEqual(['Settings: –']);
  });

  test('is in the language of who reads it', async () => {
    const page = globalThis as { document?: unknown };
    page.document = { documentElement: {} };
    await setLanguage('zh', false);
    try {
      expect(read({ level: 1, because: ['a', 'b'], enabled: true })).toEqual(['层级: 1', '依据: a、b', '启用: 是']);
    } finally {
      await setLanguage('en', false);
      delete page.document;
    }
  });
});
