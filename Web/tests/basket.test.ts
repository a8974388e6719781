import { describe, expect, test } from 'bun:test';
import { basket, emptyBasket, forgetBasket, keepOnly, most, putIn, readBasket, takeOut } from '../src/pages/tickets/basket';

const thing = (id: string) => ({ id, name: `asset ${id}` });
const kept = (number: number) => thing(`ast_${String(number).padStart(26, '0')}`);

describe('what was put aside', () => {
  test('each thing is in once, and can be taken out', () => {
    emptyBasket();
    expect(putIn([thing('a'), thing('b'), thing('a')])).toEqual({ added: 2, left: 0 });
    expect(putIn([thing('b'), thing('c')])).toEqual({ added: 1, left: 0 });
    takeOut('b');
    expect(basket().map((one) => one.id)).toEqual(['a', 'c']);
    keepOnly(['c', 'x']);
    expect(basket().map((one) => one.id)).toEqual(['c']);
  });

  test('a request is about so many at most, and what found no room is told', () => {
    emptyBasket();
    expect(putIn(Array.from({ length: most + 3 }, (_, number) => thing(String(number))))).toEqual({ added: most, left: 3 });
    expect(putIn([thing('0')])).toEqual({ added: 0, left: 0 });
    expect(basket().length).toBe(most);
  });

  test('only a name and an id are kept', () => {
    emptyBasket();
    putIn([{ ...thing('a'), address: 'secret.example' } as never]);
    expect(basket()).toEqual([thing('a')]);
  });

  test('what another version or a stranger wrote is no basket', () => {
    for (const text of [null, '', '{', '{}', '7', '[1, null, {"id": 3, "name": "x"}, {"id": "a"}]']) expect(readBasket(text)).toEqual([]);
    expect(readBasket('[{"id": "a", "name": "A"}]')).toEqual([]);
    expect(readBasket(JSON.stringify([{ ...kept(1), more: 1 }]))).toEqual([kept(1)]);
    expect(readBasket(JSON.stringify(Array.from({ length: 99 }, (_, number) => kept(number)))).length).toBe(most);
    forgetBasket(undefined);
  });
});
