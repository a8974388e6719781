import type { IdentityProvider, OidcSettings } from '../../api/types';
import { common, whole, type CommonValues } from './settings';

/** A provider of OpenID Connect as its form holds it. */
export interface OidcValues extends CommonValues {
  issuer: string; clientId: string; clientAuthentication: string; scopes: string[]; userinfo: boolean; algorithms: string[]; skew: string; verifiesEmail: boolean; signsOutBy: string;
  subject: string; login: string; fullName: string; email: string; groups: string;
}

export const algorithms = ['RS256', 'ES256', 'EdDSA'];

export function values(provider: IdentityProvider | null): OidcValues {
  const oidc = provider?.settings.kind === 'oidc' ? provider.settings : undefined;
  return {
    ...common(provider), issuer: oidc?.issuer ?? '', clientId: oidc?.clientId ?? '', clientAuthentication: oidc?.clientAuthentication ?? 'basic',
    scopes: oidc?.scopes ?? ['openid', 'profile', 'email'], userinfo: oidc?.userinfo ?? true, algorithms: oidc?.algorithms ?? algorithms, skew: String(oidc?.clockSkewSeconds ?? 60), verifiesEmail: oidc?.verifiesEmail ?? false, signsOutBy: oidc?.signsOutBy ?? 'address',
    subject: oidc?.claims.subject ?? 'sub', login: oidc?.claims.login ?? 'preferred_username', fullName: oidc?.claims.name ?? 'name', email: oidc?.claims.email ?? 'email',
    groups: oidc?.claims.groups ?? 'groups',
  };
}

export const body = (form: OidcValues) => whole<OidcSettings>(form, {
  kind: 'oidc', issuer: form.issuer.trim(), clientId: form.clientId.trim(), clientAuthentication: form.clientAuthentication, scopes: form.scopes, userinfo: form.userinfo,
  algorithms: form.algorithms, clockSkewSeconds: Number(form.skew), verifiesEmail: form.verifiesEmail, signsOutBy: form.signsOutBy,
  claims: { subject: form.subject.trim(), login: form.login.trim(), name: form.fullName.trim(), email: form.email.trim(), groups: form.groups.trim() },
});
