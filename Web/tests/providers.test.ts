import { describe, expect, test } from 'bun:test';
import { lossText, losses } from '../src/pages/providers/actions';
import { body, readServers, values } from '../src/pages/providers/settings';
import type { IdentityProvider } from '../src/api/types';

describe('an identity provider in a form', () => {
  test('servers are read a line each, with the usual port of the encryption', () => {
    expect(readServers(' a.example \n\nb.example:1389\n[2001:db8::1]:3269\n2001:db8::2', 636)).toEqual([
      { host: 'a.example', port: 636 }, { host: 'b.example', port: 1389 }, { host: '2001:db8::1', port: 3269 }, { host: '2001:db8::2', port: 636 },
    ]);
    expect(readServers('a.example', 389)).toEqual([{ host: 'a.example', port: 389 }]);
  });

  test('what was stored comes back as it was, without a secret', () => {
    const stored = {
      name: 'Directory', position: 7, domains: ['example.org'], createsUsers: true, linksUsers: false, bindsUsers: false,
      rules: [
        { directoryGroup: 'ops', conditions: [], role: 'auditor', organization: null, group: null }, { directoryGroup: 'staff', conditions: [], role: null, organization: null, group: 'grp_1' },
        {
          directoryGroup: null, conditions: [{ kind: 'attribute' as const, name: 'department', match: 'starts-with', value: 'IT ' }, { kind: 'under' as const, dn: 'ou=plant,dc=org' }],
          role: 'rol_1', organization: 'org_1', group: null,
        },
        { directoryGroup: 'a', conditions: [{ kind: 'group' as const, name: 'b' }], role: 'auditor', organization: null, group: null },
        { directoryGroup: 'plant', conditions: [], role: null, organization: 'org_1', group: null },
      ],
      settings: {
        kind: 'ldap' as const, servers: [{ host: '2001:db8::1', port: 636 }, { host: 'b.example', port: 389 }], security: 'tls', authorities: null, bindDn: 'cn=search', baseDn: 'dc=org', moreBaseDns: ['dc=net', 'ou=x,dc=com'], userFilter: '(uid={login})',
        attributes: { subject: 'entryUUID', login: 'uid', name: 'cn', email: 'mail', manager: 'manager' }, groups: 'none', groupBaseDn: null, moreGroupBaseDns: [], timeoutSeconds: 3,
      },
    };
    const provider: IdentityProvider = { ...stored, id: 'idp_1', enabled: true, hasSecret: true, createdAt: '', version: 1 };
    expect(body(values(provider))).toEqual(stored);
  });

  test('what RADIUS servers need is stored, and nothing of a directory', () => {
    const settings = {
      kind: 'radius' as const, servers: [{ host: 'radius.example', port: 1812 }, { host: '2001:db8::1', port: 1645 }], protocol: 'chap', nasIdentifier: 'bastion', groups: 'class', failoverSeconds: 1,
      timeoutSeconds: 9, challengeIsSecondFactor: true, use: 'second-factor', domain: 'example.com', transport: 'tls', authorities: 'the authority', certificate: 'ours',
    };
    const stored = { name: 'Radius', position: 1, domains: [], createsUsers: false, linksUsers: true, bindsUsers: false, rules: [], settings };
    const provider: IdentityProvider = { ...stored, id: 'idp_1', enabled: true, hasSecret: true, createdAt: '', version: 1 };
    expect(body(values(provider))).toEqual(stored);
    const fresh = body({ ...values(null, 'radius'), servers: 'radius.example', secret: 'shared' });
    expect(fresh.settings).toEqual({
      kind: 'radius', servers: [{ host: 'radius.example', port: 1812 }], protocol: 'pap', nasIdentifier: 'gatehouse', groups: 'filter-id', failoverSeconds: 2, timeoutSeconds: 5, challengeIsSecondFactor: false, use: 'passwords', domain: null, transport: 'udp', authorities: null, certificate: null,
    });
    expect(fresh.secret).toBe('shared');
  });
});

describe('what goes with a provider', () => {
  const none = { people: 0, signIns: 0, managers: 0, keyHolders: 0, keepsAdministrator: false, roles: [], groups: [], places: [] };
  test('nothing is listed where nobody loses anything', () => {
    expect(losses(none)).toEqual([]);
    expect(lossText(none)).toBe('Nobody comes in through it any more. Nobody loses a role, a group or a place by it: the people stay, and so does what they were given by hand.');
  });

  test('each role and group has a line, with how many lose it', () => {
    const some = {
      people: 1200, signIns: 1, managers: 3, keyHolders: 0, keepsAdministrator: true,
      roles: [{ role: { id: 'rol_1', name: 'Auditor', builtIn: 'auditor' }, people: 1 }], groups: [{ id: 'grp_1', name: 'Operators', people: 1199 }], places: [{ id: 'org_1', name: 'Plant', people: 2 }],
    };
    expect(losses(some)).toEqual([
      '1 person loses the role Auditor', '1,199 people leave the group Operators', '2 people belong to Plant no more', '3 people have no manager then', 'One person stays administrator, because nobody else would be one',
    ]);
    expect(lossText(some)).toBe('1 person comes in through it, and will not any more. 1,200 people lose what only its rules gave:');
  });
});
