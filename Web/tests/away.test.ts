import { describe, expect, test } from 'bun:test';
import { arrival, home } from '../src/pages/sign-in/away';
import { body, values } from '../src/pages/providers/oidc';
import * as cas from '../src/pages/providers/cas';
import { stateOf } from '../src/pages/providers/trial';
import * as messenger from '../src/pages/providers/messenger';
import * as oauth2 from '../src/pages/providers/oauth2';
import * as saml from '../src/pages/providers/saml';
import type { IdentityProvider } from '../src/api/types';

const providers = [
  { id: 'idp_1', name: 'One', kind: 'oidc', domains: ['example.org', 'example.net'] },
  { id: 'idp_2', name: 'Two', kind: 'oidc', domains: [] },
];

describe('a sign-in at a provider', () => {
  test('a mail domain leads to its provider, and nothing like it does', () => {
    expect(home(' Ann@Example.ORG ', providers)?.id).toBe('idp_1');
    for (const login of ['ann', 'ann@', 'ann@sub.example.org', 'ann@example.org.evil', 'example.org', 'ann@example.org@evil']) expect(home(login, providers)).toBeUndefined();
  });

  test('what a provider wrote into the address is passed on, and nothing else is', () => {
    expect(arrival('idp_1', { state: 's', code: 'c', iss: 'https://a.example', session_state: 'x' })).toEqual({ provider: 'idp_1', state: 's', code: 'c', issuer: 'https://a.example' });
    expect(arrival('idp_1', { error: 'access_denied' })).toEqual({ provider: 'idp_1', state: '', error: 'access_denied' });
  });

  test('settings that were stored come back as they were', () => {
    const stored = {
      name: 'Sign-on', position: 7, domains: ['example.org'], createsUsers: true, linksUsers: false, bindsUsers: false, rules: [],
      settings: {
        kind: 'oidc' as const, issuer: 'https://login.example.org', clientId: 'c', clientAuthentication: 'post', scopes: ['openid'], userinfo: false, algorithms: ['ES256'], clockSkewSeconds: 5, verifiesEmail: true, signsOutBy: 'address',
        claims: { subject: 'oid', login: 'upn', name: 'name', email: 'mail', groups: 'roles' },
      },
    };
    const provider: IdentityProvider = { ...stored, id: 'idp_1', enabled: true, hasSecret: true, createdAt: '', version: 1 };
    expect(body(values(provider))).toEqual(stored);
  });

  test('settings of CAS come back as they were', () => {
    const stored = {
      name: 'Sign-on', position: 7, domains: ['example.org'], createsUsers: true, linksUsers: false, bindsUsers: false, rules: [],
      settings: {
        kind: 'cas' as const, serverUrl: 'https://sso.example.org/cas', verifiesEmail: true,
        attributes: { subject: 'uid', login: 'user', name: 'cn', email: 'mail', groups: 'groups' },
      },
    };
    const provider: IdentityProvider = { ...stored, id: 'idp_1', enabled: true, hasSecret: false, createdAt: '', version: 1 };
    expect(cas.body(cas.values(provider))).toEqual(stored);
  });

  test('a trial is known by what it left with', () => {
    expect(stateOf('https://a.example/authorize?state=one')).toBe('one');
    expect(stateOf('https://a.example/sso?RelayState=two')).toBe('two');
    expect(stateOf(`https://a.example/login?service=${encodeURIComponent('https://us.example/api/v1/auth/identity-providers/idp_1/cas/three')}`)).toBe('three');
    expect(stateOf('https://a.example/login')).toBe('');
  });

  test('settings of OAuth 2 and of messengers come back as they were', () => {
    const rest = { name: 'Sign-on', position: 7, domains: [], createsUsers: false, linksUsers: false, bindsUsers: true, rules: [] };
    const shown = { id: 'idp_1', enabled: true, hasSecret: true, createdAt: '', version: 1 };
    const first = {
      ...rest,
      settings: {
        kind: 'oauth2' as const, authorizationUrl: 'https://a.example/authorize', tokenUrl: 'https://a.example/token', userinfoUrl: 'https://a.example/me', clientId: 'c', clientAuthentication: 'none',
        scopes: ['profile'], claims: { subject: 'id', login: 'login', name: 'n', email: 'e', groups: 'g' }, verifiesEmail: true,
      },
    };
    expect(oauth2.body(oauth2.values({ ...first, ...shown }))).toEqual(first);
    const second = {
      ...rest,
      settings: { kind: 'messenger' as const, vendor: 'slack', organization: 'T1', clientId: 'c', login: 'email', verifiesEmail: false, signInUrl: null, apiUrl: 'https://own.example' },
    };
    expect(messenger.body(messenger.values({ ...second, ...shown }))).toEqual(second);
    expect(arrival('idp_1', { state: 's', authCode: 'c' }).code).toBe('c');
  });

  test('settings of SAML come back as they were, and metadata fill them in', () => {
    const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
    const stored = {
      name: 'Sign-on', position: 7, domains: ['example.org'], createsUsers: true, linksUsers: false, bindsUsers: false, rules: [],
      settings: {
        kind: 'saml' as const, entityId: 'https://idp.example.org', signOnUrl: 'https://idp.example.org/sso', logoutUrl: null, logoutResponseUrl: null, certificates: [pem('AAAA'), pem('BBBB')],
        nameFormat: null, wantsSignedAssertions: false, wantsEncryptedAssertions: true, allowsUnsolicited: false, clockSkewSeconds: 5,
        attributes: { subject: 'NameID', login: 'uid', name: 'cn', email: 'mail', groups: 'groups' },
      },
    };
    const provider: IdentityProvider = { ...stored, id: 'idp_1', enabled: true, hasSecret: true, createdAt: '', version: 1 };
    const form = saml.values(provider);
    expect(saml.body(form)).toEqual(stored);
    const filled = saml.body({ ...form, ...saml.fill({ entityId: 'e', signOnUrl: 's', logoutUrl: 'l', logoutResponseUrl: null, certificates: [pem('CCCC')] }) });
    expect(filled.settings).toEqual({ ...stored.settings, entityId: 'e', signOnUrl: 's', logoutUrl: 'l', certificates: [pem('CCCC')] });
    expect(saml.asked(' https://idp.example.org/m ')).toEqual({ url: 'https://idp.example.org/m' });
    expect(saml.asked('<md:x/>')).toEqual({ metadata: '<md:x/>' });
    expect(saml.split('MIIA')).toEqual(['MIIA']);
  });
});
