import { describe, expect, test } from 'bun:test';
import en from '../locales/en.json';
import { body, fieldsOf, secretsOf, steps, values, vendors } from '../src/pages/messengers/vendors';
import type { MessengerChannel } from '../src/api/types';

const texts: Record<string, string> = en;

describe('channels to messengers', () => {
  test('each vendor has words for its fields, secrets and steps', () => {
    for (const vendor of vendors) {
      for (const field of fieldsOf(vendor)) expect(Boolean(texts[`card-channel.field.${field.name}`])).toBeTrue();
      for (const secret of secretsOf(vendor)) expect(Boolean(texts[`card-channel.secret.${vendor}.${secret.name}`] ?? texts[`card-channel.secret.${secret.name}`])).toBeTrue();
      for (let step = 1; step <= steps[vendor]; step += 1) expect(Boolean(texts[`card-channel.step.${vendor}.${step}`])).toBeTrue();
      expect(texts[`card-channel.step.${vendor}.${steps[vendor] + 1}`]).toBeUndefined();
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
      id: 'mch_1', name: 'Ding', settings: { vendor: 'dingtalk', appKey: 'a', corpId: 'c', template: null, trustsClicks: true, apiUrl: null }, people: 'links', provider: 'idp_1', trustsDirectory: true, state: 'enabled',
      restingUntil: null, lastError: null, createdAt: '', version: 3,
    };
    expect(body('dingtalk', values('dingtalk', channel))).toEqual({ name: 'Ding', settings: { vendor: 'dingtalk', appKey: 'a', corpId: 'c', trustsClicks: true } as never, people: 'links', provider: 'idp_1', trustsDirectory: true });
    const room = values('teams', null);
    room.provider = 'idp_1';
    room.people = 'links';
    room.trustsDirectory = true;
    expect(body('teams', { ...room, name: 'T' })).toEqual({ name: 'T', settings: { vendor: 'teams', language: 'en' } as never, people: 'email', provider: null, trustsDirectory: false });
  });
});
