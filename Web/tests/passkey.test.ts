import { expect, test } from 'bun:test';
import { bytes, text } from '../src/core/passkey';

test('bytes are base64url without padding, both ways', () => {
  for (const length of [0, 1, 2, 3, 31, 32, 255]) {
    const some = Uint8Array.from({ length }, (_, index) => (index * 37 + 251) % 256);
    const words = text(some.buffer);
    expect(/^[A-Za-z0-9_-]*$/.test(words)).toBe(true);
    expect([...bytes(words)]).toEqual([...some]);
  }
  expect(text(Uint8Array.of(251, 255, 254).buffer)).toBe('-__-');
});
