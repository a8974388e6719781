import { describe, expect, test } from 'bun:test';
import { body, kinds, moved, server, values } from '../src/pages/sms/gateways';
import type { SmsGateway, SmsSettings } from '../src/api/types';

const stored = (settings: SmsSettings): SmsGateway => ({
  id: 'smg_1', name: 'One', enabled: true, kind: settings.kind, settings, hasSecret: true, createdAt: '', lastTakenAt: null, lastRefusal: null, lastRefusedAt: null, version: 1,
});

describe('a gateway in a form', () => {
  test('what is stored comes back as it was, without a secret', () => {
    const custom: SmsSettings = { kind: 'custom', method: 'post', url: 'https://sms.example.com/', headers: [{ name: 'X-Key', value: 'a: {{secret}}' }], format: 'json', body: '{"c":"{{code}}"}', success: null };
    const sent = body('custom', values('custom', stored(custom)));
    expect(sent).toEqual({ name: 'One', enabled: true, settings: { kind: 'custom', method: 'post', url: custom.url, headers: custom.headers, format: 'json', body: custom.body } as unknown as SmsSettings });
  });

  test('a request without a body sends none', () => {
    const form = values('custom', null);
    form.settings = { ...form.settings, method: 'get', url: 'https://sms.example.com/', body: 'left over' };
    expect('body' in body('custom', form).settings).toBe(false);
  });

  test('every kind begins with its standards, and what is empty is not sent', () => {
    for (const kind of kinds) {
      const settings = body(kind, values(kind, null)).settings as unknown as Record<string, unknown>;
      expect(Object.values(settings).includes('')).toBe(false);
      expect(settings.kind).toBe(kind);
    }
  });

  test('a server is host and port, or a host with the usual port', () => {
    expect(server(' sms.example.com ')).toEqual({ host: 'sms.example.com', port: 7890 });
    expect(server('10.0.0.1:7891')).toEqual({ host: '10.0.0.1', port: 7891 });
    expect(server('[2001:db8::1]:7891')).toEqual({ host: '2001:db8::1', port: 7891 });
    const cmpp: SmsSettings = { kind: 'cmpp', server: { host: '2001:db8::1', port: 7890 }, source: '901234', number: '10690001', service: 'CODE', signName: null };
    expect(body('cmpp', values('cmpp', stored(cmpp))).settings).toEqual({ kind: 'cmpp', server: cmpp.server, source: '901234', number: '10690001', service: 'CODE' } as unknown as SmsSettings);
  });

  test('one moves by a step, and none over the end', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
  });
});
