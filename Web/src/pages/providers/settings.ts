import type { IdentityProvider, LdapSettings, ProviderSettings, RadiusSettings } from '../../api/types';
import { readRule, writeRule } from './rules';
import type { RuleValues } from './rules';

/** A provider as its form holds it: one line a server, everything as text. */
export interface ProviderValues extends CommonValues {
  kind: Kind; servers: string; security: string; authorities: string; bindDn: string; baseDn: string; userFilter: string;
  subject: string; login: string; fullName: string; email: string; manager: string; groups: string; groupBaseDn: string; timeout: string;
  protocol: string; nasIdentifier: string; groupAttribute: string; failover: string; challengeIsSecondFactor: boolean; use: string; radiusDomain: string;
  transport: string; certificate: string;
}
/** The kinds that this form is for; one that takes the browser has its own. */
export type Kind = Exclude<ProviderSettings['kind'], 'oidc' | 'saml' | 'cas' | 'oauth2' | 'messenger'>;
/** What every kind has: how it is called, whom it takes, and what they get. */
export interface CommonValues extends Record<string, unknown> {
  name: string; position: string; domains: string[]; createsUsers: boolean; linksUsers: boolean; bindsUsers: boolean; rules: RuleValues[]; secret: string;
}

/** What is different between the directories that most people have. */
export const presets: Record<string, Partial<ProviderValues>> = {
  openldap: { userFilter: '(&(objectClass=person)(uid={login}))', subject: 'entryUUID', login: 'uid', fullName: 'cn', email: 'mail', groups: 'automatic' },
  'active-directory': {
    userFilter: '(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})))', subject: 'objectGUID', login: 'sAMAccountName', fullName: 'displayName', email: 'mail', groups: 'automatic',
  },
};

/** `host`, `host:port` or `[address]:port`, each on a line of its own. */
export function readServers(text: string, usual: number): { host: string; port: number }[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(line) ?? [];
    const many = (line.match(/:/g)?.length ?? 0) > 1 && !line.startsWith('[');
    return many || !host ? { host: line, port: usual } : { host, port: port ? Number(port) : usual };
  });
}

/** Where people or groups are: each on a line of its own, the first one as itself and the others as more of them. */
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

const writeServer = ({ host, port }: { host: string; port: number }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The port that servers of a kind have if nobody says another one. */
const usualPort = (form: ProviderValues): number => (form.kind === 'radius' ? (form.transport === 'tls' ? 2083 : 1812) : form.security === 'tls' ? 636 : 389);

export function common(provider: IdentityProvider | null): CommonValues {
  return {
    name: provider?.name ?? '', position: String(provider?.position ?? 100), domains: provider?.domains ?? [], createsUsers: provider?.createsUsers ?? false,
    linksUsers: provider?.linksUsers ?? false, bindsUsers: provider?.bindsUsers ?? false, rules: (provider?.rules ?? []).map(readRule), secret: '',
  };
}

export function values(provider: IdentityProvider | null, kind: Kind = 'ldap'): ProviderValues {
  const ldap = provider?.settings.kind === 'ldap' ? provider.settings : undefined;
  const radius = provider?.settings.kind === 'radius' ? provider.settings : undefined;
  const either = ldap ?? radius;
  return {
    ...common(provider), kind: either?.kind ?? kind, servers: either?.servers.map(writeServer).join('\n') ?? '',
    security: ldap?.security ?? 'start-tls', authorities: either?.authorities ?? '', bindDn: ldap?.bindDn ?? '', baseDn: ldap ? [ldap.baseDn, ...(ldap.moreBaseDns ?? [])].join('\n') : '',
    userFilter: ldap?.userFilter ?? presets.openldap!.userFilter!, subject: ldap?.attributes.subject ?? 'entryUUID', login: ldap?.attributes.login ?? 'uid',
    fullName: ldap?.attributes.name ?? 'cn', email: ldap?.attributes.email ?? 'mail', manager: ldap?.attributes.manager ?? '', groups: ldap?.groups ?? 'automatic', groupBaseDn: [ldap?.groupBaseDn, ...(ldap?.moreGroupBaseDns ?? [])].filter(Boolean).join('\n'),
    timeout: String(either?.timeoutSeconds ?? 5), protocol: radius?.protocol ?? 'pap', nasIdentifier: radius?.nasIdentifier ?? 'gatehouse',
    groupAttribute: radius?.groups ?? 'filter-id', failover: String(radius?.failoverSeconds ?? 2), challengeIsSecondFactor: radius?.challengeIsSecondFactor ?? false, use: radius?.use ?? 'passwords', radiusDomain: radius?.domain ?? '',
    transport: radius?.transport ?? 'udp', certificate: radius?.certificate ?? '',
  };
}

const or = (text: string): string | null => text.trim() || null;

function ldap(form: ProviderValues): LdapSettings {
  const [baseDn = '', ...moreBaseDns] = lines(form.baseDn);
  const [groupBaseDn = null, ...moreGroupBaseDns] = lines(form.groupBaseDn);
  return {
    kind: 'ldap', servers: readServers(form.servers, usualPort(form)), security: form.security, authorities: or(form.authorities), bindDn: or(form.bindDn), baseDn, moreBaseDns,
    userFilter: form.userFilter.trim(), attributes: { subject: form.subject.trim(), login: form.login.trim(), name: form.fullName.trim(), email: form.email.trim(), manager: or(form.manager) },
    groups: form.groups, groupBaseDn, moreGroupBaseDns, timeoutSeconds: Number(form.timeout),
  };
}

function radius(form: ProviderValues): RadiusSettings {
  return {
    kind: 'radius', servers: readServers(form.servers, usualPort(form)), protocol: form.protocol, nasIdentifier: form.nasIdentifier.trim(), groups: form.groupAttribute,
    failoverSeconds: Number(form.failover), timeoutSeconds: Number(form.timeout), challengeIsSecondFactor: form.challengeIsSecondFactor,
    use: form.use, domain: form.use === 'second-factor' && form.radiusDomain.trim() ? form.radiusDomain.trim() : null,
    transport: form.transport, authorities: form.transport === 'tls' ? or(form.authorities) : null, certificate: form.transport === 'tls' ? or(form.certificate) : null,
  };
}

/** The body that creates a provider or replaces everything of one. */
export const body = (form: ProviderValues) => whole(form, form.kind === 'radius' ? radius(form) : ldap(form));

export function whole<Settings>(form: CommonValues, settings: Settings) {
  return {
    name: form.name.trim(), position: Number(form.position), domains: form.domains, createsUsers: form.createsUsers, linksUsers: form.linksUsers, bindsUsers: form.bindsUsers,
    rules: form.rules.map(writeRule),
    settings, ...(form.secret ? { secret: form.secret } : {}),
  };
}
