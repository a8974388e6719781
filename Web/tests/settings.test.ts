import { describe, expect, test } from 'bun:test';
import type { OrganizationSettingView } from '../src/api/types';
import { narrowed, originText, ownValue } from '../src/pages/settings/settings';

const setting = (more: Partial<OrganizationSettingView>): OrganizationSettingView => ({
  key: 'session.idle', group: 'security', scope: 'lower', own: null, schema: { type: 'integer', minimum: 5, maximum: 1440 },
  held: { value: 60, origin: 'default' }, inherited: { value: 60, origin: 'default' }, ...more,
});

describe('a setting of an organization', () => {
  test('an empty field is what holds above', () => {
    expect([ownValue(setting({}), ''), ownValue(setting({}), null), ownValue(setting({}), '45')]).toEqual([null, null, 45]);
    expect(ownValue(setting({ key: 'locale.language', scope: 'organization', schema: { type: 'string', enum: ['en', 'zh'] } }), 'zh')).toBe('zh');
  });

  test('a form offers nothing that is looser than above', () => {
    const range = (more: Partial<OrganizationSettingView>) => { const { minimum, maximum } = narrowed(setting(more)); return [minimum, maximum]; };
    expect(range({})).toEqual([5, 60]);
    expect(range({ scope: 'higher', inherited: { value: 180, origin: 'tenant' } })).toEqual([180, 1440]);
    expect(range({ scope: 'organization' })).toEqual([5, 1440]);
  });

  test('the origin is the organization itself, one above by name, the company or the default', () => {
    const from = (id: string) => setting({ held: { value: 45, origin: 'organization', organization: { id, name: 'Europe' } } });
    expect([originText(from('org_a'), 'org_a'), originText(from('org_a'), 'org_b')]).toEqual(['Set here', 'From Europe']);
    expect(originText(setting({ held: { value: 30, origin: 'tenant' } }), 'org_a')).toBe('From the company');
    expect(originText(setting({}), 'org_a')).toBe('Default');
  });
});
