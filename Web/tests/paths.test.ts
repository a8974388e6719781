import { describe, expect, test } from 'bun:test';
import { at, compile, match, mayReturn, readQuery, safeReturn, writeQuery } from '../src/core/paths';

describe('paths', () => {
  test('a pattern gives its named parts, decoded', () => {
    expect(match(compile('/users/:user'), '/users/usr_1')).toEqual({ user: 'usr_1' });
    expect(match(compile('/a/:x/b/:y'), '/a/%E4%B8%AD/b/2/')).toEqual({ x: '中', y: '2' });
  });

  test('a pattern does not match more or less than itself', () => {
    for (const path of ['/users', '/users/', '/users/a/b', '/xusers/a', '/users//']) expect(match(compile('/users/:user'), path)).toBeNull();
    expect(match(compile('/a.b'), '/aXb')).toBeNull();
  });

  test('a part that is not valid percent-encoding matches nothing', () => {
    expect(match(compile('/users/:user'), '/users/%E4%B8')).toBeNull();
  });

  test('values in a path are encoded', () => {
    expect(at`/users/${'../admin?x=1'}/sessions`).toBe('/users/..%2Fadmin%3Fx%3D1/sessions');
  });

  test('a query survives writing and reading, and leaves out what is empty', () => {
    const text = writeQuery({ q: 'a b&c=d', none: '', absent: undefined, zero: 0, off: false, filter: 'name eq "x+y"' });
    expect(readQuery(text)).toEqual({ q: 'a b&c=d', zero: '0', filter: 'name eq "x+y"' });
    expect(writeQuery({})).toBe('');
  });

  test('a return address never leaves the portal', () => {
    for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\nb', '', undefined, '/sign-in?return=/']) expect(safeReturn(bad)).toBe('/');
    expect(safeReturn('/requests/tkt_1?tab=x')).toBe('/requests/tkt_1?tab=x');
    expect(safeReturn('/sign-in-rules')).toBe('/sign-in-rules');
  });

  test('what the server would not keep is not sent along', () => {
    for (const bad of ['/', '/api/v1/me', '/sign-in', '/assets?q=数据库', `/assets?q=${'a'.repeat(600)}`]) expect(mayReturn(bad)).toBe(false);
    expect(mayReturn('/assets?q=db')).toBe(true);
  });
});
