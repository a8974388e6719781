import { expect, test } from 'bun:test';
import { levelName } from '../src/pages/tickets/levels';
import zh from '../locales/zh.json';
import { programs } from './swift';

test('a level is called as its flow says, by its number, or in our words where it is of no flow', async () => {
  expect(levelName({ kind: 'access' }, { name: 'Review', level: 1 })).toBe('Review');
  expect(levelName({ kind: 'access' }, { name: '', level: 2 })).toBe('Level 2');
  expect(levelName({ kind: 'sign-in' }, { name: 'Review', level: 1 })).toBe('Review');
  expect(zh['path.review']).toBe('复核');
  // The word that the server has for it.
  const named = (await programs(['Features/Tickets'])).flatMap((source) => [...source.matchAll(/PlannedLevel\(\s*name: "([^"\\]+)"/g)].map((found) => found[1]));
  expect([...new Set(named)]).toEqual(['Review']);
});
