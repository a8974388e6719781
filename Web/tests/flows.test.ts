import { describe, expect, test } from 'bun:test';
import type { Flow } from '../src/api/types';
import { hoursOf, secondsOf } from '../src/core/time';
import { body, emptyLevel, values } from '../src/pages/flows/flows';

const flow: Flow = {
  id: 'flw_1', organization: 'org_1', organizationName: 'Europe', name: 'Production', isDefault: false, enabled: true, priority: 20, parallel: true, approvesLowRisk: false, unusedAfterSeconds: 7200, version: 3,
  copies: [{ user: 'usr_9', group: null, name: 'Cy' }, { user: null, group: 'grp_9', name: 'Audit' }],
  conditions: {
    kinds: ['access'], groups: [{ id: 'grp_1', name: 'Ops' }], labels: [{ key: 'env', value: 'prod' }, { key: 'tier', value: '' }], platforms: ['linux'], assets: 'all', privileged: false,
    atLeastSeconds: 1800, atMostSeconds: 86_400, hours: [{ days: [1, 2], from: 540, to: 1440 }], outsideHours: true, risks: ['low', 'high'],
  },
  levels: [{
    name: 'Lead', webhook: null, quorum: 2, deadlineSeconds: 7200, reminderSeconds: null, lapse: 'rejected', needsPasskey: true, needsComment: 'approved',
    approvers: [{ user: 'usr_1', name: 'Ann' }, { group: 'grp_1', name: 'Ops' }, { role: 'rol_1', name: 'Lead' }, { relation: 'manager', name: '' }],
    escalation: { afterSeconds: 3600, approvers: [{ relation: 'node-owner', name: '' }] },
  }],
};

describe('flows in a form', () => {
  test('a flow comes back as it was', () => {
    const sent = body(values(flow, false), false);
    const { hours, ...conditions } = sent.conditions as unknown as Flow['conditions'];
    const { hours: before, groups, ...others } = flow.conditions;
    expect(conditions as object).toEqual({ ...others, groups: groups.map(({ id }) => ({ id })) });
    expect(hours).toEqual(before);
    expect(sent.copies as object[]).toEqual([{ user: 'usr_9' }, { group: 'grp_9' }]);
    expect(sent.levels[0] as object).toEqual({
      ...flow.levels[0], approvers: [{ user: 'usr_1' }, { group: 'grp_1' }, { role: 'rol_1' }, { relation: 'manager' }], escalation: { afterSeconds: 3600, approvers: [{ relation: 'node-owner' }] },
    });
    expect([sent.priority, sent.parallel, sent.unusedAfterSeconds, 'organization' in sent]).toEqual([20, true, 7200, false]);
  });

  test('a default flow is on and for everything, and a new one says where it holds', () => {
    const sent = body({ ...values(flow, false), isDefault: true, enabled: false }, true);
    expect([sent.conditions, sent.enabled, sent.organization]).toEqual([{}, true, 'org_1']);
    expect(values(null, true).isDefault).toBe(true);
  });

  test('a new flow begins with two levels, one after the other, whether it is the first one or not', () => {
    for (const first of [true, false]) {
      const begun = values(null, first);
      expect(begun.levels).toEqual([emptyLevel(), emptyLevel()]);
      expect([begun.parallel, begun.approvesLowRisk]).toEqual([false, false]);
    }
  });

  test('lengths of time are hours, and nothing is none', () => {
    expect(['', ' ', '1', '0.5', '1,5'].map(secondsOf)).toEqual([null, null, 3600, 1800, 5400]);
    expect([null, 900, 1800, 259_200].map(hoursOf)).toEqual(['', '0.25', '0.5', '72']);
    for (const seconds of [1, 60, 120, 900, 1_000, 86_399]) expect(secondsOf(hoursOf(seconds))).toBe(seconds);
  });

  test('a level escalates when it says when or to whom', () => {
    const levels = [emptyLevel(), { ...emptyLevel(), escalation: '4' }, { ...emptyLevel(), later: { ...emptyLevel().later, relations: ['manager'] } }];
    expect(body({ ...values(null, true), levels }, true).levels.map((level) => level.escalation as object | null)).toEqual([null, { afterSeconds: 14_400, approvers: [] }, { afterSeconds: 0, approvers: [{ relation: 'manager' }] }]);
  });
});
