import { describe, expect, test } from 'bun:test';
import { chosen, wishes } from '../src/pages/notices/wishes';

const way = (channel: string, isWanted: boolean, isStandard: boolean, isFixed = false) => ({ channel, isWanted, isStandard, isFixed });
const types = [
  { type: 'ticket.decided', channels: [way('site', true, true), way('mail', false, true)] },
  { type: 'break-glass', channels: [way('site', true, true, true), way('mail', true, false)] },
];

describe('wishes', () => {
  test('what cannot be switched off is no choice', () => {
    expect(chosen(types)).toEqual({ 'ticket.decided': ['site'], 'break-glass': ['mail'] });
  });

  test('only what differs from the company is said', () => {
    expect(wishes(types, chosen(types))).toEqual([
      { type: 'ticket.decided', channel: 'mail', isWanted: false }, { type: 'break-glass', channel: 'mail', isWanted: true },
    ]);
    expect(wishes(types, { 'ticket.decided': ['site', 'mail'], 'break-glass': [] })).toEqual([]);
  });

  test('a company says all of it', () => {
    expect(wishes(types, { 'ticket.decided': ['mail'], 'break-glass': [] }, true)).toEqual([
      { type: 'ticket.decided', channel: 'site', isWanted: false }, { type: 'ticket.decided', channel: 'mail', isWanted: true },
      { type: 'break-glass', channel: 'mail', isWanted: false },
    ]);
  });
});
