// Where people come from: directories, single sign-on, faces.

import type { RoleReference } from './people';

export type RuleCondition = { kind: 'group'; name: string } | { kind: 'attribute'; name: string; match: string; value: string } | { kind: 'under'; dn: string };
export interface ProviderRule { directoryGroup: string | null; conditions: RuleCondition[]; role: string | null; organization: string | null; group: string | null }
export interface LdapAttributes { subject: string; login: string; name: string; email: string }
export interface LdapSettings {
  kind: 'ldap'; servers: { host: string; port: number }[]; security: string; authorities: string | null; bindDn: string | null; baseDn: string; moreBaseDns?: string[]; userFilter: string;
  attributes: LdapAttributes & { manager?: string | null }; groups: string; groupBaseDn: string | null; moreGroupBaseDns?: string[]; timeoutSeconds: number;
}
export interface RadiusSettings {
  kind: 'radius'; servers: { host: string; port: number }[]; protocol: string; nasIdentifier: string; groups: string; failoverSeconds: number; timeoutSeconds: number; use: string; domain: string | null;
  challengeIsSecondFactor: boolean; transport: string; authorities: string | null; certificate: string | null;
}
export interface OidcSettings {
  kind: 'oidc'; issuer: string; clientId: string; clientAuthentication: string; scopes: string[]; claims: LdapAttributes & { groups: string }; userinfo: boolean; algorithms: string[];
  clockSkewSeconds: number; verifiesEmail: boolean; signsOutBy: string;
}
export interface SamlSettings {
  kind: 'saml'; entityId: string; signOnUrl: string; logoutUrl: string | null; logoutResponseUrl: string | null; certificates: string[]; nameFormat: string | null;
  attributes: LdapAttributes & { groups: string }; wantsSignedAssertions: boolean; wantsEncryptedAssertions: boolean; allowsUnsolicited: boolean; clockSkewSeconds: number;
}
export interface SamlMetadata { entityId: string; signOnUrl: string; logoutUrl: string | null; logoutResponseUrl: string | null; certificates: string[] }
export interface CasSettings { kind: 'cas'; serverUrl: string; attributes: LdapAttributes & { groups: string }; verifiesEmail: boolean }
export interface OAuth2Settings {
  kind: 'oauth2'; authorizationUrl: string; tokenUrl: string; userinfoUrl: string; clientId: string; clientAuthentication: string; scopes: string[];
  claims: LdapAttributes & { groups: string }; verifiesEmail: boolean;
}
export interface MessengerSettings {
  kind: 'messenger'; vendor: string; organization: string; clientId: string; login: string; verifiesEmail: boolean; signInUrl: string | null; apiUrl: string | null;
}
export type ProviderSettings = LdapSettings | RadiusSettings | OidcSettings | SamlSettings | CasSettings | OAuth2Settings | MessengerSettings;
export interface IdentityProvider {
  id: string; name: string; position: number; enabled: boolean; domains: string[]; createsUsers: boolean; linksUsers: boolean; bindsUsers: boolean; rules: ProviderRule[];
  settings: ProviderSettings;
  hasSecret: boolean; createdAt: string; version: number;
}
/** Where somebody confirms by RADIUS; nothing if they do not. */
export interface RadiusAssignment { provider: string | null; name: string | null }
/** Since when somebody confirms with their face; nothing if they do not. */
export interface FaceAssignment { enrolledAt: string | null }
export interface FaceComponent { pageUrl: string | null; enabled: boolean; liveness: boolean; keyMadeAt: string | null; people: number; version: number }
export interface ProviderStep { name: string; outcome: string; detail: string; milliseconds: number }
export interface ProviderProfile { subject: string; login: string; name: string | null; email: string | null; groups: string[]; attributes: { name: string; values: string[] }[]; place: string | null }
export interface ProviderTest { steps: ProviderStep[]; profile: ProviderProfile | null; outcome: string; rules: ProviderRule[] }
export interface IdentityLink { user: string; login: string; name: string; subject: string; createdAt: string; lastSignInAt: string | null; boundByUser: boolean }
export interface OwnIdentity {
  provider: string; name: string; kind: string; enabled: boolean; boundByUser: boolean; account: string | null; createdAt: string; lastSignInAt: string | null;
}
export interface OwnIdentities { items: OwnIdentity[]; bindable: { id: string; name: string; kind: string }[] }
export interface ProposedBinding { token: string; provider: string; account: string; login: string; name: string; expiresAt: string }
export interface IdentitySync {
  filter: string | null; intervalMinutes: number | null; createsUsers: boolean; disablesLeavers: boolean; leaverPercent: number; importsGroups: boolean; groupFilter: string | null; previewedAt: string | null; nextRunAt: string | null; version: number;
}
export interface IdentitySyncNames { count: number; names: string[] }
export interface IdentitySyncReport {
  known: number; created: IdentitySyncNames; linked: IdentitySyncNames; changed: IdentitySyncNames; enabled: IdentitySyncNames; disabled: IdentitySyncNames;
  leavers: IdentitySyncNames; inactive: IdentitySyncNames; refused: { reason: string; people: IdentitySyncNames }[]; roleChanges: number; groupChanges: number; placeChanges: number; removals: number; needsConfirmation: boolean;
  groups?: IdentitySyncGroups | null;
}
export interface IdentitySyncGroups {
  known: number; added: IdentitySyncNames; renamed: IdentitySyncNames; removed: IdentitySyncNames; returned: IdentitySyncNames; membersAdded: number; membersRemoved: number;
  refused: { reason: string; people: IdentitySyncNames }[];
}
export interface ProviderRemoval {
  people: number; signIns: number; managers: number; keyHolders: number; keepsAdministrator: boolean;
  roles: { role: RoleReference; people: number }[]; groups: { id: string; name: string; people: number }[];
  places: { id: string; name: string; people: number }[];
}

export interface IdentitySyncRun {
  id: string; provider: string; kind: string; state: string; mayDisable: number | null; mayRemove: number | null; askedBy: string | null; entries: number; report: IdentitySyncReport | null; error: string | null;
  createdAt: string; startedAt: string | null; finishedAt: string | null;
}

export interface Provisioning { enabled: boolean; handlesPrivileged: boolean; people: number; groups: number; version: number }
export interface ProvisioningClient { id: string; name: string; createdBy: string; createdAt: string; rotatedAt: string | null; expiresAt: string; previousUntil: string | null; lastUsedAt: string | null }
export interface ProvisioningToken { id: string; name: string; token: string; expiresAt: string }
export interface ProvisioningCall { id: string; client: string; operation: string; subject: string | null; status: number; note: string | null; at: string }
