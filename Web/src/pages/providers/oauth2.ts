import type { IdentityProvider, OAuth2Settings } from '../../api/types';
import { common, whole, type CommonValues } from './settings';

/** A provider of OAuth 2 as its form holds it. */
export interface OAuth2Values extends CommonValues {
  authorizationUrl: string; tokenUrl: string; userinfoUrl: string; clientId: string; clientAuthentication: string; scopes: string[]; verifiesEmail: boolean;
  subject: string; login: string; fullName: string; email: string; groups: string;
}

export function values(provider: IdentityProvider | null): OAuth2Values {
  const oauth = provider?.settings.kind === 'oauth2' ? provider.settings : undefined;
  return {
    ...common(provider), authorizationUrl: oauth?.authorizationUrl ?? '', tokenUrl: oauth?.tokenUrl ?? '', userinfoUrl: oauth?.userinfoUrl ?? '', clientId: oauth?.clientId ?? '',
    clientAuthentication: oauth?.clientAuthentication ?? 'basic', scopes: oauth?.scopes ?? [], verifiesEmail: oauth?.verifiesEmail ?? false, subject: oauth?.claims.subject ?? 'sub',
    login: oauth?.claims.login ?? 'preferred_username', fullName: oauth?.claims.name ?? 'name', email: oauth?.claims.email ?? 'email', groups: oauth?.claims.groups ?? 'groups',
  };
}

export const body = (form: OAuth2Values) => whole<OAuth2Settings>(form, {
  kind: 'oauth2', authorizationUrl: form.authorizationUrl.trim(), tokenUrl: form.tokenUrl.trim(), userinfoUrl: form.userinfoUrl.trim(), clientId: form.clientId.trim(),
  clientAuthentication: form.clientAuthentication, scopes: form.scopes, verifiesEmail: form.verifiesEmail,
  claims: { subject: form.subject.trim(), login: form.login.trim(), name: form.fullName.trim(), email: form.email.trim(), groups: form.groups.trim() },
});
