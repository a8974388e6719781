import { describe, expect, test } from 'bun:test';
import { hasChanges, nothingTried, trialBody } from '../src/pages/grants/trial';

const grant = { id: 'grt_1', name: 'Old' };
const crew = { id: 'grp_1', name: 'Crew' };

describe('a change that is tried', () => {
  test('nothing is no change, and neither is a group without people', () => {
    expect(hasChanges(nothingTried())).toBe(false);
    expect(hasChanges({ ...nothingTried(), group: crew })).toBe(false);
    expect(hasChanges({ ...nothingTried(), people: [{ id: 'usr_1', name: 'Rita' }] })).toBe(false);
    expect(hasChanges(nothingTried([grant]))).toBe(true);
  });

  test('the body has ids, and each person with the group', () => {
    const changes = { ...nothingTried([grant]), group: crew, people: [{ id: 'usr_1', name: 'Rita' }, { id: 'usr_2', name: 'Pat' }], joins: true, days: 7 };
    expect(trialBody(changes)).toEqual({
      days: 7, add: [], revoke: ['grt_1'],
      memberships: [{ user: 'usr_1', group: 'grp_1', isMember: true }, { user: 'usr_2', group: 'grp_1', isMember: true }],
    });
  });
});
