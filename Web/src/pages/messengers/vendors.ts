import type { ChannelDelivery, ChannelSettings, MessengerChannel } from '../../api/types';

export type Vendor = ChannelSettings['vendor'];
export const vendors: Vendor[] = ['feishu', 'lark', 'dingtalk', 'wecom', 'slack', 'teams'];

/** What a vendor is told besides the name and the secrets, in the order of the form. */
export interface Field { name: string; as?: 'switch' | 'number' | 'language' | 'delivery'; optional?: boolean; standard?: string | boolean; by?: ChannelDelivery }
/** `by` says for which way of telling clicks it is needed; for all if it says nothing. */
export interface SecretField { name: string; optional?: boolean; by?: ChannelDelivery }

const apiUrl: Field = { name: 'apiUrl', optional: true };
const delivery: Field = { name: 'delivery', as: 'delivery', standard: 'callback' };
const fields: Record<Vendor, Field[]> = {
  feishu: [delivery, { name: 'appId' }, { name: 'tenantKey' }, apiUrl],
  lark: [delivery, { name: 'appId' }, { name: 'tenantKey' }, apiUrl],
  slack: [delivery, { name: 'appId' }, { name: 'teamId' }, apiUrl],
  dingtalk: [delivery, { name: 'appKey' }, { name: 'corpId' }, { name: 'template', optional: true }, { name: 'trustsClicks', as: 'switch', standard: false, by: 'callback' }, apiUrl],
  wecom: [{ name: 'corpId' }, { name: 'agentId', as: 'number' }, apiUrl],
  teams: [{ name: 'language', as: 'language', standard: 'en' }],
};
const secrets: Record<Vendor, SecretField[]> = {
  feishu: [{ name: 'appSecret' }, { name: 'verificationToken', by: 'callback' }, { name: 'encryptKey', by: 'callback' }],
  lark: [{ name: 'appSecret' }, { name: 'verificationToken', by: 'callback' }, { name: 'encryptKey', by: 'callback' }],
  slack: [{ name: 'botToken' }, { name: 'signingSecret', by: 'callback' }, { name: 'appToken', by: 'stream' }],
  dingtalk: [{ name: 'appSecret' }, { name: 'signingSecret', optional: true, by: 'callback' }],
  wecom: [{ name: 'appSecret' }, { name: 'verificationToken' }, { name: 'encryptKey' }],
  teams: [{ name: 'webhookUrl' }],
};
/** How many steps the instructions have. */
const steps: Record<Vendor, number> = { feishu: 5, lark: 5, dingtalk: 4, wecom: 4, slack: 4, teams: 2 };
const streamSteps: Partial<Record<Vendor, number>> = { feishu: 5, lark: 5, dingtalk: 4, slack: 4 };

export const fieldsOf = (vendor: Vendor): Field[] => fields[vendor];
export const secretsOf = (vendor: Vendor): SecretField[] => secrets[vendor];
/** By which ways the vendor can tell of clicks. */
export const deliveriesOf = (vendor: Vendor): ChannelDelivery[] => (streamSteps[vendor] ? ['callback', 'stream'] : ['callback']);
/** What the form starts with, or says by now. */
export const deliveryOf = (settings: Record<string, unknown>): ChannelDelivery => (settings.delivery === 'stream' ? 'stream' : 'callback');
export const isFor = (one: Field | SecretField, way: ChannelDelivery): boolean => one.by === undefined || one.by === way;
/** The names of the instructions' steps. */
export const stepsOf = (vendor: Vendor, way: ChannelDelivery): string[] => {
  const [name, count] = way === 'stream' && streamSteps[vendor] ? [`${vendor}-stream`, streamSteps[vendor]] : [vendor, steps[vendor]];
  return Array.from({ length: count }, (_, place) => `card-channel.step.${name}.${place + 1}`);
};
/** All see the same card there, so nobody has to be known. */
export const isRoom = (vendor: Vendor): boolean => vendor === 'teams';
/** The vendor calls nobody, or is told where to when the channel is tried out. */
export const hasCallback = (settings: ChannelSettings): boolean => settings.vendor !== 'teams' && settings.vendor !== 'dingtalk' && !('delivery' in settings && settings.delivery === 'stream');
/** The vendor can say whose a mail address is. */
export const knowsMail = (vendor: Vendor): boolean => vendor !== 'dingtalk' && vendor !== 'teams';

export type ChannelValues = { name: string; people: 'links' | 'email'; provider: string; trustsDirectory: boolean; enabled: boolean; settings: Record<string, string | boolean>; secrets: Record<string, string> };

/** What the form starts with. */
export function values(vendor: Vendor, channel: MessengerChannel | null): ChannelValues {
  const stored = (channel?.settings ?? {}) as unknown as Record<string, unknown>;
  const settings = Object.fromEntries(fields[vendor].map((field) => {
    const value = stored[field.name];
    if (typeof value === 'number') return [field.name, String(value)];
    return [field.name, typeof value === 'string' || typeof value === 'boolean' ? value : channel ? '' : field.standard ?? ''];
  }));
  return {
    name: channel?.name ?? '', people: channel?.people ?? (isRoom(vendor) ? 'email' : 'links'), provider: channel?.provider ?? '', trustsDirectory: channel?.trustsDirectory ?? false, enabled: channel?.state !== 'disabled', settings,
    secrets: Object.fromEntries(secrets[vendor].map((one) => [one.name, ''])),
  };
}

/** What is sent. Secrets that are not typed stay, if the server lets them. */
export function body(vendor: Vendor, form: ChannelValues): { name: string; settings: ChannelSettings; people: string; provider: string | null; trustsDirectory: boolean; secrets?: { name: string; value: string }[] } {
  const settings: Record<string, unknown> = { vendor };
  const way = deliveryOf(form.settings);
  for (const field of fields[vendor]) {
    if (!isFor(field, way)) continue;
    const value = form.settings[field.name];
    if (value === '' || value === undefined) continue;
    settings[field.name] = field.as === 'number' ? Number(value) : typeof value === 'string' ? value.trim() : value;
  }
  const wanted = new Set(secrets[vendor].filter((one) => isFor(one, way)).map((one) => one.name));
  const given = Object.entries(form.secrets).filter(([name, value]) => value && wanted.has(name)).map(([name, value]) => ({ name, value }));
  const people = isRoom(vendor) ? 'email' : form.people;
  return {
    name: form.name.trim(), settings: settings as unknown as ChannelSettings, people, provider: people === 'links' && form.provider ? form.provider : null,
    trustsDirectory: people === 'links' && form.trustsDirectory,
    ...(given.length ? { secrets: given } : {}),
  };
}
