import { describe, expect, test } from 'bun:test';
import type { SignInRule } from '../src/api/types';
import { body, clock, kept, minutes, values } from '../src/pages/sign-in-rules/rules';

const rule: SignInRule = {
  id: 'sir_1', name: 'night', enabled: true, everyone: false, who: [{ user: 'usr_1', name: 'Ann' }, { group: 'grp_1', name: '' }, { role: 'rol_1', name: 'Auditor' }], sources: ['10.0.0.0/8'],
  hours: [{ days: [1, 7], from: 1320, to: 360 }, { days: [2], from: 0, to: 1440 }], action: 'review', asked: [{ role: 'rol_2', name: 'Lead' }],
};

describe('sign-in rules in a form', () => {
  test('a rule comes back as it was', () => {
    const { who, asked, ...rest } = kept(rule);
    const { who: _, asked: __, ...before } = rule;
    expect(rest).toEqual(before);
    expect([who, asked]).toEqual([[{ user: 'usr_1' }, { group: 'grp_1' }, { role: 'rol_1' }], [{ role: 'rol_2' }]]);
  });

  test('everyone is nobody in particular, and only notify and review ask somebody', () => {
    const form = values(rule);
    expect(body({ ...form, everyone: true }, undefined).who).toEqual([]);
    expect(['allow', 'deny', 'notify', 'review'].map((action) => body({ ...form, action: action as SignInRule['action'] }, null).asked.length)).toEqual([0, 0, 1, 1]);
    expect('id' in body(form, null)).toBe(false);
  });

  test('the clock shows minutes, and a whole day goes from midnight to midnight', () => {
    expect([0, 61, 1439, 1440].map(clock)).toEqual(['00:00', '01:01', '23:59', '00:00']);
    expect(['00:00', '01:01', '23:59'].map(minutes)).toEqual([0, 61, 1439]);
    const form = { ...values(undefined), hours: [{ days: ['3', '1'], from: '00:00', to: '00:00' }, { days: ['1'], from: '22:00', to: '00:00' }] };
    expect(body(form, null).hours).toEqual([{ days: [1, 3], from: 0, to: 1440 }, { days: [1], from: 1320, to: 0 }]);
  });
});
