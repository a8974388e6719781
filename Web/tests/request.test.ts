import { describe, expect, test } from 'bun:test';
import { asked, beginning, isAskable, ownTemplate, previewed, takePeer, takeTemplate, takeTicket } from '../src/pages/tickets/request';
import { me } from '../src/core/session';
import type { Me, Ticket } from '../src/api/types';

const template = {
  id: 'r', name: 'Deploy', note: '', isOwn: false, kind: 'access', content: {}, assets: [{ id: 'a', name: 'web-1' }, { id: 'b', name: 'web-2' }], findsMore: false, accounts: ['root'], actions: ['connect', 'upload'],
  durationSeconds: 7_200, reason: 'Change no. ',
};

/** The members of interest. */
const some = (body: Record<string, unknown>, ...names: string[]) => Object.fromEntries(names.map((name) => [name, body[name]]));

describe('a request', () => {
  test('begins with what stands in the address', () => {
    const form = beginning({ asset: 'a', assetName: 'web-1', account: 'root' });
    expect(isAskable(form)).toBe(true);
    expect(some(asked(form), 'kind', 'assets', 'accounts', 'actions', 'durationSeconds', 'reason')).toEqual({ kind: 'access', assets: ['a'], accounts: ['root'], actions: ['connect'], durationSeconds: 3_600, reason: '' });
    expect(beginning({ ask: 'role' }).values.kind).toBe('role');
    expect(beginning({ ask: 'break-glass' }).values.kind).toBe('access');
  });

  test('a template adds to what is there, and does not talk over a reason', () => {
    const form = beginning({ asset: 'a', assetName: 'web-1' });
    takeTemplate(form, template);
    expect(some(asked(form), 'assets', 'accounts', 'actions', 'durationSeconds', 'reason')).toEqual({ assets: ['a', 'b'], accounts: ['root'], actions: ['connect', 'upload'], durationSeconds: 7_200, reason: 'Change no.' });
    form.set('reason')('Mine');
    takeTemplate(form, template);
    expect(form.values.reason).toBe('Mine');
    takePeer(form, { id: 'c', name: 'db-1', accounts: ['deploy', 'root'] });
    expect(some(previewed(form), 'assets', 'accounts')).toEqual({ assets: ['a', 'b', 'c'], accounts: ['root', 'deploy'] });
  });

  test('says what it goes on with as long as nothing is added, and else what it was made from', () => {
    const before = { ...template, id: 'tkt_1', kind: 'access', state: 'approved', accounts: ['root', 'deploy'], protocols: ['ssh'], requester: { id: 'usr_1', name: 'Ann' }, startsAt: null } as unknown as Ticket;
    me.value = { user: { id: 'usr_1' } } as unknown as Me;
    const form = beginning({ from: 'tkt_1' });
    takeTicket(form, before);
    form.set('accounts')(['root']);
    expect(asked(form, before).content).toEqual({ renews: 'tkt_1' });
    expect(asked(form, { ...before, state: 'rejected' }).content).toEqual({ clones: 'tkt_1' });
    form.set('accounts')(['root', 'admin']);
    expect(asked(form, before).content).toEqual({ clones: 'tkt_1' });
    expect(asked(form).content).toEqual({});
    // What somebody else asked for is a beginning only.
    expect(asked(form, { ...before, requester: { id: 'usr_2', name: 'Bob' } }).content).toEqual({});
    me.value = null;
  });

  test('says what is to be done there, with connecting always, in the order of the API', () => {
    const form = beginning({ asset: 'a', account: 'root', actions: 'download,nonsense,upload' });
    expect(asked(form).actions).toEqual(['connect', 'upload', 'download']);
    takeTemplate(form, { ...template, actions: ['paste'] });
    expect(previewed(form).actions).toEqual(['connect', 'upload', 'download', 'paste']);
    takeTicket(form, { kind: 'access', content: {}, assets: [], accounts: [], actions: ['connect'], durationSeconds: 60, reason: '' } as unknown as Ticket);
    expect(asked(form).actions).toEqual(['connect']);
    form.set('kind')('secret');
    expect('actions' in asked(form)).toBe(false);
  });

  test('for a role says which, where and how long, and is about no assets', () => {
    const form = beginning({});
    takeTemplate(form, { ...template, kind: 'role', assets: [], accounts: [], content: { role: 'rol_1', organization: 'org_1', durationSeconds: 5_400 } });
    expect(asked(form)).toEqual({ kind: 'role', content: { role: 'rol_1', organization: 'org_1', durationSeconds: 5_400 }, reason: 'Change no.' });
    form.set('hours')('1,5');
    expect(previewed(form)).toEqual({ kind: 'role', content: { role: 'rol_1', organization: 'org_1', durationSeconds: 5_400 } });
    form.set('templateName')(' Mine ');
    expect(ownTemplate(form)).toEqual({ name: 'Mine', kind: 'role', content: { role: 'rol_1', organization: 'org_1', durationSeconds: 5_400 }, reason: 'Change no.', durationSeconds: 5_400 });
  });

  test('for a role is for as long as its template says, and for no time when that is no number', () => {
    for (const durationSeconds of [900, 120]) {
      const form = beginning({});
      takeTemplate(form, { ...template, kind: 'role', content: { role: 'rol_1', durationSeconds } });
      expect(previewed(form).content).toEqual({ role: 'rol_1', durationSeconds });
      form.set('hours')('soon');
      expect([isAskable(form), previewed(form).content]).toEqual([false, { role: 'rol_1', durationSeconds: 0 }]);
    }
  });

  test('like an earlier one has all that it had', () => {
    const form = beginning({});
    takeTicket(form, { kind: 'general', content: { subject: 'A badge' }, assets: [], accounts: [], actions: [], durationSeconds: 0, reason: 'Lost it' } as unknown as Ticket);
    expect(asked(form)).toEqual({ kind: 'general', content: { subject: 'A badge' }, reason: 'Lost it' });
  });
});
