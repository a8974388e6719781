import { at } from '../../core/paths';
import type { CasSettings, IdentityProvider } from '../../api/types';
import { common, whole, type CommonValues } from './settings';

/** A CAS server as its form holds it. */
export interface CasValues extends CommonValues {
  serverUrl: string; subject: string; login: string; fullName: string; email: string; groups: string; verifiesEmail: boolean;
}

/** What every address begins with that the server has to send browsers to. It has the provider's id, so there is one only after it was created. */
export const service = (provider: IdentityProvider): string => location.origin + at`/api/v1/auth/identity-providers/${provider.id}/cas/`;

export function values(provider: IdentityProvider | null): CasValues {
  const cas = provider?.settings.kind === 'cas' ? provider.settings : undefined;
  return {
    ...common(provider), serverUrl: cas?.serverUrl ?? '', subject: cas?.attributes.subject ?? 'user', login: cas?.attributes.login ?? 'user', fullName: cas?.attributes.name ?? 'displayName',
    email: cas?.attributes.email ?? 'mail', groups: cas?.attributes.groups ?? 'memberOf', verifiesEmail: cas?.verifiesEmail ?? false,
  };
}

export const body = (form: CasValues) => whole<CasSettings>(form, {
  kind: 'cas', serverUrl: form.serverUrl.trim(), verifiesEmail: form.verifiesEmail,
  attributes: { subject: form.subject.trim(), login: form.login.trim(), name: form.fullName.trim(), email: form.email.trim(), groups: form.groups.trim() },
});
