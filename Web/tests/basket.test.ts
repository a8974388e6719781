import { describe, expect, test } from 'bun:test';
import { basket, follow, forgetBasket, most, putIn, readBasket, takeOut } from '../src/pages/tickets/basket';

const thing = (id: string) => ({ id, name: `asset ${id}` });
const kept = (number: number) => thing(`ast_${String(number).padStart(26, '0')}`);

describe('what was put aside', () => {
  test('each thing is in once, and can be taken out', () => {
    takeOut(basket());
    expect(putIn([thing('a'), thing('b'), thing('a')])).toEqual({ added: 2, left: 0 });
    expect(putIn([thing('b'), thing('c')])).toEqual({ added: 1, left: 0 });
    takeOut([thing('b'), thing('x')]);
    expect(basket()).toEqual([thing('a'), thing('c')]);
  });

  test('a form takes out what it drops and puts in what it adds, and nothing that was put aside meanwhile', () => {
    takeOut(basket());
    putIn([thing('a'), thing('b')]);
    const before = basket();
    putIn([thing('c')]);
    follow([thing('b'), thing('d')], before);
    expect(basket()).toEqual([thing('b'), thing('c'), thing('d')]);
  });

  test('a request is about so many at most, and what found no room is told', () => {
    takeOut(basket());
    expect(putIn(Array.from({ length: most + 3 }, (_, number) => thing(String(number))))).toEqual({ added: most, left: 3 });
    expect(putIn([thing('0')])).toEqual({ added: 0, left: 0 });
    expect(basket().length).toBe(most);
  });

  test('only a name and an id are kept', () => {
    takeOut(basket());
    putIn([{ ...thing('a'), address: 'secret.example' } as never]);
    expect(basket()).toEqual([thing('a')]);
  });

  test('what another version or a stranger wrote is no basket', () => {
    for (const text of [null, '', '{', '{}', '7', '[1, null, {"id": 3, "name": "x"}, {"id": "a"}]']) expect(readBasket(text)).toEqual([]);
    expect(readBasket('[{"id": "a", "name": "A"}]')).toEqual([]);
    expect(readBasket(JSON.stringify([{ ...kept(1), more: 1 }]))).toEqual([kept(1)]);
    expect(readBasket(JSON.stringify(Array.from({ length: 99 }, (_, number) => kept(number)))).length).toBe(most);
  });

  test('whoever signs out leaves none behind, and others keep theirs', () => {
    const stored = new Map([['gatehouse.basket.usr_x', '[]'], ['gatehouse.basket.usr_y', '[]']]);
    const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { value: { removeItem: (key: string) => stored.delete(key) }, configurable: true });
    try {
      forgetBasket(undefined);
      expect(stored.size).toBe(2);
      forgetBasket('usr_x');
      expect([...stored.keys()]).toEqual(['gatehouse.basket.usr_y']);
    } finally {
      if (before) Object.defineProperty(globalThis, 'localStorage', before);
      else Reflect.deleteProperty(globalThis, 'localStorage');
    }
  });
});
