import { describe, expect, test } from 'bun:test';
import { areOverridesWhole, limitKinds, limitsOf, limitTexts, overridesOf, overrideTexts, pricesOf, priceTexts } from '../src/console/money/prices';

describe('a plan in a form', () => {
  test('limits come back as they were, and an empty text is none', () => {
    const texts = limitTexts([{ kind: 'users', amount: 25 }, { kind: 'assets', amount: null }, { kind: 'sessions', amount: 0 }]);
    expect(Object.keys(texts)).toEqual(limitKinds);
    expect(texts.assets).toBe('');
    expect(limitsOf({ ...texts, 'gateway-connections': ' 7 ' })).toEqual([{ kind: 'users', amount: 25 }, { kind: 'sessions', amount: 0 }, { kind: 'gateway-connections', amount: 7 }]);
  });

  test('an override comes back as it was: a number, none at all, or as the plan says', () => {
    const overrides = [{ kind: 'users', amount: 25 }, { kind: 'assets', amount: null }, { kind: 'sessions', amount: 0 }];
    const texts = overrideTexts(overrides);
    expect(Object.keys(texts)).toEqual(limitKinds);
    expect(overridesOf(texts)).toEqual(overrides);
    expect(texts['gateway-bandwidth']).toEqual({ mode: 'plan', amount: '' });
    expect([areOverridesWhole(texts), areOverridesWhole({ ...texts, users: { mode: 'own', amount: ' ' } }), areOverridesWhole({ ...texts, users: { mode: 'own', amount: '-1' } })]).toEqual([true, false, false]);
  });

  test('prices come back as they were, and a subscription is for one month', () => {
    const prices = [{ item: 'session-seconds', amount: 12, per: 3600, included: 36000 }, { item: 'subscription', amount: 4900, per: 1, included: 0 }];
    expect(pricesOf(priceTexts(prices))).toEqual(prices);
    expect(pricesOf([{ item: 'subscription', amount: '5', per: '60', included: '9' }])).toEqual([{ item: 'subscription', amount: 5, per: 1, included: 0 }]);
    expect(pricesOf([{ item: 'commands', amount: '5', per: '', included: '' }])).toEqual([{ item: 'commands', amount: 5, per: 1, included: 0 }]);
  });
});
