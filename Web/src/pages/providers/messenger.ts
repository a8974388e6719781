import type { IdentityProvider, MessengerSettings } from '../../api/types';
import { common, whole, type CommonValues } from './settings';

/** A messenger as its form holds it. */
export interface MessengerValues extends CommonValues {
  vendor: string; organization: string; clientId: string; newcomers: string; verifiesEmail: boolean; signInUrl: string; apiUrl: string;
}

export const vendors = ['wecom', 'dingtalk', 'feishu', 'lark', 'slack'];

export function values(provider: IdentityProvider | null): MessengerValues {
  const messenger = provider?.settings.kind === 'messenger' ? provider.settings : undefined;
  return {
    ...common(provider), vendor: messenger?.vendor ?? 'wecom', organization: messenger?.organization ?? '', clientId: messenger?.clientId ?? '', newcomers: messenger?.login ?? 'id',
    verifiesEmail: messenger?.verifiesEmail ?? false, signInUrl: messenger?.signInUrl ?? '', apiUrl: messenger?.apiUrl ?? '',
  };
}

const or = (text: string): string | null => text.trim() || null;

export const body = (form: MessengerValues) => whole<MessengerSettings>(form, {
  kind: 'messenger', vendor: form.vendor, organization: form.organization.trim(), clientId: form.clientId.trim(), login: form.newcomers, verifiesEmail: form.verifiesEmail,
  signInUrl: or(form.signInUrl), apiUrl: or(form.apiUrl),
});
