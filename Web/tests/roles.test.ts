import { expect, test } from 'bun:test';
import type { PermissionArea } from '../src/api/types';
import { fits, found, toggled } from '../src/pages/roles/permissions';

const door = (summary: string) => ({ method: 'GET', path: '/api/v1/things', summary });
const areas: PermissionArea[] = [
  { area: 'users', permissions: [{ code: 'users.read', place: 'organization', opens: [door('List users')] }, { code: 'users.manage', place: 'organization', opens: [door('Take somebody in')] }] },
  { area: 'keys', permissions: [{ code: 'keys.manage', place: 'tenant', opens: [door('Rotate the key')] }] },
];
const codes = (words: string) => found(areas, words).flatMap((area) => area.permissions.map((one) => one.code));

test('permissions are found by area, code and what they open', () => {
  expect(codes('')).toEqual(['users.read', 'users.manage', 'keys.manage']);
  expect(codes('users')).toEqual(['users.read', 'users.manage']);
  expect(codes('SOMEBODY')).toEqual(['users.manage']);
  expect(codes('keys.m')).toEqual(['keys.manage']);
  expect(codes('nothing like it')).toEqual([]);
});

test('a role of organizations has nothing that is of the company as a whole', () => {
  const all = areas.flatMap((area) => area.permissions);
  expect(all.filter((one) => fits(one, 'organization')).map((one) => one.code)).toEqual(['users.read', 'users.manage']);
  expect(all.every((one) => fits(one, 'tenant'))).toBe(true);
});

test('an area is taken in and left out as a whole, and others stay', () => {
  expect(toggled(['keys.manage'], ['users.read', 'users.manage'], true)).toEqual(['keys.manage', 'users.manage', 'users.read']);
  expect(toggled(['keys.manage', 'users.read'], ['users.read', 'users.manage'], false)).toEqual(['keys.manage']);
});
