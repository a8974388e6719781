import { describe, expect, test } from 'bun:test';
import en from '../locales/en.json';
import { body, deliveriesOf, fieldsOf, hasCallback, isFor, secretsOf, stepsOf, values, vendors } from '../src/pages/messengers/vendors';
import type { MessengerChannel } from '../src/api/types';

const texts: Record<string, string> = en;

describe('channels to messengers', () => {
  test('each vendor has words for its fields, secrets and steps', () => {
    for (const vendor of vendors) {
      for (const field of fieldsOf(vendor)) expect(Boolean(texts[`card-channel.field.${field.name}`])).toBeTrue();
      for (const secret of secretsOf(vendor)) expect(Boolean(texts[`card-channel.secret.${vendor}.${secret.name}`] ?? texts[`card-channel.secret.${secret.name}`])).toBeTrue();
      for (const way of deliveriesOf(vendor)) {
        const steps = stepsOf(vendor, way);
        for (const step of steps) expect(Boolean(texts[step])).toBeTrue();
        expect(texts[`${steps[0]?.slice(0, -1)}${steps.length + 1}`]).toBeUndefined();
      }
    }
  });

  test('a new channel sends what was typed, and no empty secret', () => {
    const form = values('wecom', null);
    form.name = ' Approvals ';
    form.settings = { corpId: 'wx1 ', agentId: '218', apiUrl: '' };
    form.secrets = { appSecret: 's', verificationToken: '', encryptKey: 'k' };
    form.provider = 'idp_1';
    expect(body('wecom', form)).toEqual({
      name: 'Approvals', settings: { vendor: 'wecom', corpId: 'wx1', agentId: 218 } as never, people: 'links', provider: 'idp_1', trustsDirectory: false,
      secrets: [{ name: 'appSecret', value: 's' }, { name: 'encryptKey', value: 'k' }],
    });
  });

  test('what is stored comes back as it was, and a room knows nobody', () => {
    const channel: MessengerChannel = {
      id: 'mch_1', name: 'Ding', settings: { vendor: 'dingtalk', appKey: 'a', corpId: 'c', template: null, trustsClicks: true, delivery: 'callback', apiUrl: null }, people: 'links', provider: 'idp_1', trustsDirectory: true, state: 'enabled',
      restingUntil: null, lastError: null, connection: null, createdAt: '', version: 3,
    };
    expect(body('dingtalk', values('dingtalk', channel))).toEqual({ name: 'Ding', settings: { vendor: 'dingtalk', delivery: 'callback', appKey: 'a', corpId: 'c', trustsClicks: true } as never, people: 'links', provider: 'idp_1', trustsDirectory: true });
    const room = values('teams', null);
    room.provider = 'idp_1';
    room.people = 'links';
    room.trustsDirectory = true;
    expect(body('teams', { ...room, name: 'T' })).toEqual({ name: 'T', settings: { vendor: 'teams', language: 'en' } as never, people: 'email', provider: null, trustsDirectory: false });
  });

  test('what only one way of telling clicks needs is asked for there alone', () => {
    const asked = (way: 'callback' | 'stream') => [...fieldsOf('slack'), ...secretsOf('slack')].filter((one) => isFor(one, way)).map((one) => one.name);
    expect(asked('callback')).toEqual(['delivery', 'appId', 'teamId', 'apiUrl', 'botToken', 'signingSecret']);
    expect(asked('stream')).toEqual(['delivery', 'appId', 'teamId', 'apiUrl', 'botToken', 'appToken']);
    const form = values('dingtalk', null);
    expect(form.settings.delivery).toBe('callback');
    form.settings = { ...form.settings, delivery: 'stream', appKey: 'a', corpId: 'c', trustsClicks: true };
    form.secrets = { appSecret: 's', signingSecret: 'typed before the way was chosen' };
    const sent = body('dingtalk', form);
    expect(sent.settings).toEqual({ vendor: 'dingtalk', delivery: 'stream', appKey: 'a', corpId: 'c' } as never);
    expect(sent.secrets).toEqual([{ name: 'appSecret', value: 's' }]);
    const lark = values('lark', null);
    lark.settings = { ...lark.settings, delivery: 'stream', appId: 'cli_1', tenantKey: 't' };
    lark.secrets = { appSecret: 's', verificationToken: 'v', encryptKey: 'e' };
    expect(body('lark', lark).secrets).toEqual([{ name: 'appSecret', value: 's' }]);
    expect(hasCallback(body('lark', lark).settings)).toBe(false);
    expect(hasCallback({ vendor: 'feishu', appId: 'a', tenantKey: 't', delivery: 'callback', apiUrl: null })).toBe(true);
    expect(deliveriesOf('wecom')).toEqual(['callback']);
  });
});
