import { describe, expect, test } from 'bun:test';
import en from '../locales/en.json';
import fields from '../locales/fields-zh.json';
import sentences from '../locales/said-zh.json';
import zh from '../locales/zh.json';
import { fieldTexts, toldIn } from '../src/core/i18n';
import { literals, programs } from './swift';

/** What says why a request, a step, a delivery or a session came to nothing. */
const speakers = [
  'Platform/LDAP/LDAPError.swift', 'Platform/RADIUS/RADIUSError.swift', 'Platform/SAML/XML/XMLError.swift', 'Platform/SAML/Response/SAMLError.swift', 'Platform/SAML/Keys/SAMLKeyError.swift',
  'Platform/Outbound/OutboundError.swift', 'Platform/Outbound/Mail/MailError.swift', 'Platform/CMPP/CMPPError.swift', 'Platform/JOSE/JOSEError.swift',
  'Features/Identity/Providers', 'Features/Identity/Sync', 'Features/Identity/SMS/Vendors', 'Features/Identity/SMS/SendSMS.swift',
  'Features/Messaging/DeliveryStore.swift', 'Features/Messaging/DeliverMessage.swift', 'Features/Messaging/SweepWebhooks.swift', 'Features/Messaging/Mail/Mailer.swift',
  'Features/Messengers/Vendor', 'Features/Messengers/Feishu', 'Features/Messengers/Slack', 'Features/Messengers/WeCom', 'Features/Messengers/Teams', 'Features/Messengers/DingTalk', 'Features/Messengers/Streams', 'Features/Messengers/Delivery',
  'Features/Access/DecisionReason.swift', 'Features/Tenancy/TenantLife.swift', 'Features/Metering/Quotas/QuotaExceeded.swift', 'Features/Identity/Sessions/WebSessionEnd.swift', 'Features/Hosting/Granting/Refusals.swift', 'Gateway/GatewaySSH/Relay/Relay.swift', 'Gateway/GatewaySSH/Relay/ProxiedSession.swift', 'Gateway/GatewayCore/Sessions/LeaseKeeper.swift', 'Features/Sessions/CloseSession.swift', 'Apps/ControlPlane/Ports/GatewayAccess.swift',
];
const refusers = ['Platform/HTTPAPI', 'Features', 'Apps/ControlPlane'];

/** What stands before a sentence of theirs. */
const openers = [
  '\\b(?:text|error|words):', '\\b(?:Self\\.)?fault\\(', 'Fault\\(\\.\\w+,', '\\.(?:failed|passed|skipped),', '\\bcase [^"\\n]{1,80}:(?:\\s*\\(\\.\\w+,)?', '\\bcase "\\w+":(?:\\s*\\(\\.\\w+,)?', '\\bcase \\w+ =', '\\.error =', '-> String \\{', '\\.ended\\(\\.\\w+,', '\\$0,', '\\blet (?:text|words|detail|leftOut)\\b[^"\\n;]{0,40}=', '\\breturn', '\\breturn \\(try [^"\\n]{1,60},', "last_error =",
  '\\?', '\\.refused\\(', '\\b(?:refuse|miss)\\(\\.\\w+,', '\\brefusal\\(\\s*"[\\w-]+",', '\\?\\?', '\\btooMany\\(',
];
const opened = new RegExp(`(?:${openers.join('|')})\\s*\\(?(?:[^"(){};,\\n]{1,60}\\?\\s*)?["']`, 'g');
const problem = /\bProblem\(\s*\.\w+,\s*(?:[^"(){};,\n]{1,60}\?\s*)?"|\breasons: \[\s*\.?(?:init|Problem\.Reason)\((?:"[\w-]+"|\w+),\s*"|\.unauthenticated\(\s*"|\btooMany\(\s*"/g;

const said = (source: string, what: RegExp): string[] => {
  const code = source.replace(/^\s*\/\/.*$/gm, '').replace(/#"(?:[^"]|"(?!#))*"#/g, '0');
  return [...code.matchAll(what)].filter((found) => found[0].endsWith('"')).flatMap((found) => literals(code, found.index + found[0].length));
};
const isSentence = (text: string) => (/[a-z]['’]? ["“{(]?[A-Za-z{]/.test(text) || /^\{\} [a-z]/.test(text)) && !/[\u4e00-\u9fff]/.test(text) && !/[\n$]|^"|^(?:select|insert|update|delete|set|with|\w+ \([^)]*\) as) |^ /.test(text) && !(text in fields);

/** Too little to be told from what other programs say; and what a statement of the database puts together. */
const parts = ['no {}', 'under {}'];
const joined = ['{} has ended at {}.', '{} starts at {}.', 'its server went away', 'The webhook was disabled for too long.', 'The plan allows no more deliveries today. {} were left out.'];

describe('what the server says in sentences', async () => {
  const all = new Set([
    ...(await programs(speakers)).flatMap((source) => said(source, opened)).filter(isSentence),
    ...(await programs(refusers)).flatMap((source) => said(source, problem)),
  ]);
  test('has a text in Chinese, and no text has lost what it was for', () => {
    expect(all.size > 200).toBe(true);
    expect([...all].filter((message) => !(message in sentences) && !parts.includes(message))).toEqual([]);
    expect(Object.keys(sentences).filter((message) => !all.has(message) && !joined.includes(message))).toEqual([]);
  });

  test('keeps every value in Chinese', () => {
    const count = (text: string) => text.split('{}').length;
    expect(Object.entries(sentences).filter(([message, text]) => count(message) !== count(text))).toEqual([]);
    expect(Object.values(sentences).filter((text) => !/[\u4e00-\u9fff]/.test(text))).toEqual([]);
  });

  test('is found in parts, behind who it is about, and stays as it came if nobody knows it', () => {
    const texts = fieldTexts(sentences);
    expect(toldIn('Another flow has this name.', texts)).toBe('已有同名流程。');
    expect(toldIn('10.1.2.3:636: no answer in time', texts)).toBe('10.1.2.3:636：未按时响应');
    expect(toldIn('a:1: the server broke off: reset; b:2: no answer in time', texts)).toBe('a:1：服务器中断了连接：reset；b:2：未按时响应');
    expect(toldIn('the company is closed: something', texts)).toBe('企业已关闭：something');
    expect(toldIn('“Nights” has ended at 2026-11-30T08:00:00Z.', texts)).toBe('“Nights” 已于 2026-11-30T08:00:00Z 到期。');
    for (const foreign of ['cn=Lena,dc=example,dc=org', 'invalid_grant: the code is old', '']) expect(toldIn(foreign, texts)).toBe(foreign);
    expect(toldIn('no answer in time', fieldTexts({}))).toBe('no answer in time');
    // What a server says that wants to keep a browser busy: each part is looked at once.
    const many = `${'a: '.repeat(200)}b`;
    expect(toldIn(many, texts)).toBe(many);
    expect(toldIn('a: b: no answer in time', texts)).toBe('a：b：未按时响应');
  });
});

/** Words of ours that the server sends instead of sentences, and where they stand. */
const codes = [
  ['Features/Access/DecisionReason.swift', 'enum Code', 'access-reason.'],
  ['Features/Identity/Providers/ProviderTrial.swift', 'enum Name', 'provider-step.'],
  ['Features/Identity/Providers/ProviderTrial.swift', 'enum Reason', 'provider-refusal.'],
  ['Features/Identity/Providers/ProviderRequests.swift', 'enum Outcome', 'provider-outcome.'],
] as const;

describe('a word that the server sends', () => {
  for (const [file, start, prefix] of codes) {
    test(`has a text in both languages: ${prefix}`, async () => {
      const [source] = await programs([file]);
      const body = new RegExp(`${start}\\b[^{]*\\{([^}]*)\\}`).exec(source!)![1]!.replace(/\/\/.*$/gm, '');
      const words = body.split('\n').flatMap((line) => (/^\s*case (.*)$/.exec(line)?.[1] ?? '').split(',')).map((one) => one.trim()).filter(Boolean)
        .map((one) => /^(\w+)(?: = "([\w-]+)")?$/.exec(one)!).map((found) => found[2] ?? found[1]!);
      expect(words.length > 4).toBe(true);
      for (const locale of [en, zh] as Record<string, string>[]) expect(words.filter((word) => !locale[prefix + word])).toEqual([]);
    });
  }

  test('has a text in both languages: what the audit trail calls what was done', async () => {
    const sources = await programs(['Features', 'Apps/ControlPlane', 'Platform/HTTPAPI']);
    const actions = new Set(sources.flatMap((source) => [...source.matchAll(/(?:\.action\(|\baction: )\s*"([\w-]+(?:\.[\w-]+)+)"/g)].map((found) => found[1]!)));
    expect(actions.size > 200).toBe(true);
    for (const locale of [en, zh] as Record<string, string>[]) expect([...actions].filter((action) => !locale[`audit-action.${action}`])).toEqual([]);
  });

  test('has a text in both languages: what the audit trail calls what it was done to', async () => {
    const sources = await programs(['Features', 'Apps/ControlPlane', 'Platform/HTTPAPI']);
    const kinds = new Set(sources.flatMap((source) => [...source.matchAll(/(?:\baudit\.target\(|\bAuditTarget\((?:kind: )?)"([a-z-]+)"/g)].map((found) => found[1]!)));
    expect(kinds.size > 30).toBe(true);
    for (const locale of [en, zh] as Record<string, string>[]) expect([...kinds].filter((kind) => !locale[`audit-target.${kind}`])).toEqual([]);
  });
});
