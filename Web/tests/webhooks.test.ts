import { expect, test } from 'bun:test';
import { familiesOf, foundEvents, hasEvent, hasWhole, patternsOf, withEvent, withFamily } from '../src/pages/webhooks/patterns';

const kinds = ['ticket.approved', 'ticket.opened', 'user.created', 'session.ended'].map((type) => ({ type, members: [] }));
const families = familiesOf(kinds);
const ticket = families[0]!;
const found = (words: string) => foundEvents(families, words).flatMap((one) => one.types);

test('events stand by what they are about, and are found by their names and types', () => {
  expect(families.map((one) => one.family)).toEqual(['ticket', 'user', 'session']);
  expect(patternsOf(kinds).slice(0, 4)).toEqual(['*', 'session.*', 'ticket.*', 'user.*']);
  expect(found('').length).toBe(4);
  expect(found('requests')).toEqual(['ticket.approved', 'ticket.opened']);
  expect(found('taken in')).toEqual(['user.created']);
  expect(found('SESSION.E')).toEqual(['session.ended']);
  expect(found('nothing like it')).toEqual([]);
});

test('a family is one pattern, and without one of its events it is the others', () => {
  expect(withFamily(['ticket.opened', 'user.created'], 'ticket', true)).toEqual(['user.created', 'ticket.*']);
  expect(withFamily(['ticket.*', 'ticket.opened', 'ticketing.*'], 'ticket', false)).toEqual(['ticketing.*']);
  expect(withEvent(['ticket.*'], ticket, 'ticket.opened', false)).toEqual(['ticket.approved']);
  expect(withEvent(['user.*'], ticket, 'ticket.opened', true)).toEqual(['user.*', 'ticket.opened']);
  expect(withEvent(['ticket.*'], ticket, 'ticket.opened', true)).toEqual(['ticket.*']);
});

test('what a pattern covers is on', () => {
  expect([hasEvent(['*'], 'user.created'), hasEvent(['user.*'], 'user.created'), hasEvent(['user.created'], 'user.created'), hasEvent(['user.changed'], 'user.created')]).toEqual([true, true, true, false]);
  expect([hasWhole(['*'], 'user'), hasWhole(['user.*'], 'user'), hasWhole(['user.created'], 'user')]).toEqual([true, true, false]);
});
