import { tKnown } from './i18n';

/** Words of the API in the person's language; a word that the portal does not know is shown as it is. */
export const actionName = (action: string): string => tKnown(`action.${action}`, action);
export const protocolName = (protocol: string): string => tKnown(`protocol.${protocol}`, protocol.toUpperCase());
export const platformName = (platform: string): string => tKnown(`platform.${platform}`, platform);
export const channelName = (channel: string): string => tKnown(`channel.${channel}`, channel);
export const entranceName = (entrance: string): string => tKnown(`entrance.${entrance}`, entrance);
export const endReason = (reason: string): string => tKnown(`end.${reason}`, reason);
export const stateName = (state: string): string => tKnown(`state.${state}`, state);
export const roleName = (role: { name: string; builtIn?: string | null }): string => (role.builtIn ? tKnown(`role.${role.builtIn}`, role.name) : role.name);
/** What a role is for: its own words, or ours for those that every company has. */
export const roleAbout = (role: { description: string; builtIn?: string | null }): string => (role.builtIn ? tKnown(`role-about.${role.builtIn}`, role.description) : role.description);
export const auditAction = (action: string): string => tKnown(`audit-action.${action}`, action);

/** The accounts of a grant: names, or what stands for several. */
export function grantAccount(account: { kind: string; name: string | null }): string {
  const name = account.name ?? '';
  return account.kind === 'name' ? name : tKnown(`grant-account.${account.kind}`, `@${account.kind}`, { name });
}
