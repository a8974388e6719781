import { at } from '../../core/paths';
import type { IdentityProvider, SamlMetadata, SamlSettings } from '../../api/types';
import { common, whole, type CommonValues } from './settings';

/** A provider of SAML 2.0 as its form holds it: certificates one after the other, as PEM. */
export interface SamlValues extends CommonValues {
  metadata: string; entityId: string; signOnUrl: string; logoutUrl: string; logoutResponseUrl: string; certificates: string; nameFormat: string;
  subject: string; login: string; fullName: string; email: string; groups: string; signed: boolean; encrypted: boolean; unsolicited: boolean; skew: string;
}

/** An address of ours that the provider has to know. It has the provider's id, so there is one only after it was created. */
export const place = (provider: IdentityProvider, name: 'metadata' | 'response' | 'logout'): string => location.origin + at`/api/v1/auth/identity-providers/${provider.id}/saml/${name}`;

export function values(provider: IdentityProvider | null): SamlValues {
  const saml = provider?.settings.kind === 'saml' ? provider.settings : undefined;
  return {
    ...common(provider), metadata: '', entityId: saml?.entityId ?? '', signOnUrl: saml?.signOnUrl ?? '', logoutUrl: saml?.logoutUrl ?? '', logoutResponseUrl: saml?.logoutResponseUrl ?? '',
    certificates: join(saml?.certificates ?? []), nameFormat: saml?.nameFormat ?? '', subject: saml?.attributes.subject ?? 'NameID', login: saml?.attributes.login ?? 'NameID',
    fullName: saml?.attributes.name ?? 'displayName', email: saml?.attributes.email ?? 'mail', groups: saml?.attributes.groups ?? 'groups', signed: saml?.wantsSignedAssertions ?? true,
    encrypted: saml?.wantsEncryptedAssertions ?? false, unsolicited: saml?.allowsUnsolicited ?? false, skew: String(saml?.clockSkewSeconds ?? 60),
  };
}

const join = (certificates: string[]): string => certificates.map((one) => one.trim()).join('\n');

/** One for each PEM; what has no armour is one as a whole. */
export function split(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  return found ?? (text.trim() ? [text.trim()] : []);
}

/** What belongs into the form of what a provider says of itself. */
export const fill = (found: SamlMetadata): Partial<SamlValues> => ({
  entityId: found.entityId, signOnUrl: found.signOnUrl, logoutUrl: found.logoutUrl ?? '', logoutResponseUrl: found.logoutResponseUrl ?? '', certificates: join(found.certificates),
});

/** The body that asks for it: an address, or the document itself. */
export const asked = (text: string): { url: string } | { metadata: string } => (/^https?:\/\/\S+$/.test(text.trim()) ? { url: text.trim() } : { metadata: text });

const or = (text: string): string | null => text.trim() || null;

export const body = (form: SamlValues) => whole<SamlSettings>(form, {
  kind: 'saml', entityId: form.entityId.trim(), signOnUrl: form.signOnUrl.trim(), logoutUrl: or(form.logoutUrl), logoutResponseUrl: or(form.logoutResponseUrl),
  certificates: split(form.certificates), nameFormat: or(form.nameFormat), wantsSignedAssertions: form.signed, wantsEncryptedAssertions: form.encrypted, allowsUnsolicited: form.unsolicited,
  clockSkewSeconds: Number(form.skew),
  attributes: { subject: form.subject.trim(), login: form.login.trim(), name: form.fullName.trim(), email: form.email.trim(), groups: form.groups.trim() },
});
