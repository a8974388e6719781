import type { SmsGateway, SmsSettings } from '../../api/types';

export type Kind = SmsSettings['kind'];
export const kinds: Kind[] = ['alibaba', 'tencent', 'huawei', 'twilio', 'cmpp', 'custom'];

/** What a kind is told besides its name and secret, in the order of the form. */
export interface Field { name: string; as?: 'switch' | 'lines' | 'choice'; choices?: string[]; optional?: boolean; standard?: string | boolean }

const fields: Record<Kind, Field[]> = {
  alibaba: [{ name: 'accessKeyId' }, { name: 'signName' }, { name: 'templateCode' }, { name: 'parameter', standard: 'code' }, { name: 'noticeTemplate', optional: true }, { name: 'endpoint', standard: 'https://dysmsapi.aliyuncs.com' }],
  tencent: [
    { name: 'secretId' }, { name: 'appId' }, { name: 'signName' }, { name: 'templateId' }, { name: 'withMinutes', as: 'switch', standard: false }, { name: 'noticeTemplate', optional: true }, { name: 'region', standard: 'ap-guangzhou' },
    { name: 'endpoint', standard: 'https://sms.tencentcloudapi.com' },
  ],
  huawei: [
    { name: 'appKey' }, { name: 'sender' }, { name: 'templateId' }, { name: 'noticeTemplate', optional: true }, { name: 'signature', optional: true }, { name: 'digest', as: 'choice', choices: ['raw', 'hex'], standard: 'raw' },
    { name: 'endpoint', standard: 'https://smsapi.cn-north-4.myhuaweicloud.com' },
  ],
  twilio: [{ name: 'accountSid' }, { name: 'apiKey', optional: true }, { name: 'from', optional: true }, { name: 'messagingServiceSid', optional: true }, { name: 'endpoint', standard: 'https://api.twilio.com' }],
  cmpp: [{ name: 'server' }, { name: 'source' }, { name: 'number' }, { name: 'service', standard: 'CODE' }, { name: 'signName', optional: true }],
  custom: [
    { name: 'method', as: 'choice', choices: ['post', 'get'], standard: 'post' }, { name: 'url' }, { name: 'headers', as: 'lines', optional: true },
    { name: 'format', as: 'choice', choices: ['json', 'form', 'xml', 'text'], standard: 'json' }, { name: 'body', as: 'lines', optional: true }, { name: 'success', optional: true },
  ],
};

export const fieldsOf = (kind: Kind): Field[] => fields[kind];

export type GatewayValues = { name: string; enabled: boolean; secret: string; settings: Record<string, string | boolean> };

interface Server { host: string; port: number }
const standardPort = 7890;

/** A server as it is typed: host and port, or the host alone. */
const address = (one: Server) => (one.host.includes(':') ? `[${one.host}]:${one.port}` : `${one.host}:${one.port}`);

export function server(text: string): Server {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text.trim());
  if (!match) return { host: text.trim(), port: standardPort };
  return { host: match[1] ?? match[2] ?? '', port: match[3] ? Number(match[3]) : standardPort };
}

const header = (one: { name: string; value: string }) => `${one.name}: ${one.value}`;

/** What the form starts with. */
export function values(kind: Kind, gateway: SmsGateway | null): GatewayValues {
  const stored = (gateway?.settings ?? {}) as Record<string, unknown>;
  const settings = Object.fromEntries(fields[kind].map((field) => {
    const value = stored[field.name];
    if (field.name === 'server') return [field.name, value ? address(value as Server) : ''];
    if (field.name === 'headers') return [field.name, Array.isArray(value) ? (value as { name: string; value: string }[]).map(header).join('\n') : ''];
    return [field.name, typeof value === 'string' || typeof value === 'boolean' ? value : gateway ? '' : field.standard ?? ''];
  }));
  return { name: gateway?.name ?? '', enabled: gateway?.enabled ?? true, secret: '', settings };
}

/** What is sent. A secret that is not typed stays, if the server lets it. */
export function body(kind: Kind, form: GatewayValues): { name: string; enabled: boolean; settings: SmsSettings; secret?: string } {
  const settings: Record<string, unknown> = { kind };
  for (const field of fields[kind]) {
    const value = form.settings[field.name];
    if (field.name === 'server') settings.server = server(String(value));
    else if (field.name === 'headers') settings.headers = String(value).split('\n').map((line) => line.trim()).filter(Boolean).map(pair);
    else if (field.name === 'body' && form.settings.method === 'get') continue;
    else if (value !== '') settings[field.name] = value;
  }
  return { name: form.name.trim(), enabled: form.enabled, settings: settings as unknown as SmsSettings, ...(form.secret ? { secret: form.secret } : {}) };
}

function pair(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  return colon < 0 ? { name: line, value: '' } : { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
}

/** The gateways with one moved by a step. */
export function moved(ids: string[], id: string, by: -1 | 1): string[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  const next = [...ids];
  next.splice(from, 1);
  next.splice(to, 0, id);
  return next;
}
