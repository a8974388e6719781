import { describe, expect, test } from 'bun:test';
import { leastDemand, passwordHelp } from '../src/pages/profile/password';

describe('what a new password has to be', () => {
  test('is its length, and kinds of characters only where somebody asks for them', () => {
    expect(passwordHelp(leastDemand)).toBe('At least 12 characters; a sentence is easy to remember.');
    expect(passwordHelp({ length: 20, kinds: 0 })).toBe('At least 20 characters; a sentence is easy to remember.');
    expect(passwordHelp({ length: 14, kinds: 3 })).toContain('At least 14 characters, and of these kinds at least 3:');
  });
});
