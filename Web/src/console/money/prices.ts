import type { Limit, Price } from '../../api/types';

export const limitKinds = [
  'users', 'assets', 'sessions', 'recorded-bytes', 'api-requests-per-second', 'webhook-deliveries-per-day', 'rotations-per-month', 'gateway-connections', 'gateway-bandwidth',
];
export const isBytes = (kind: string): boolean => kind === 'recorded-bytes' || kind === 'gateway-bandwidth';

export const meters = [
  'session-seconds', 'bytes-in', 'bytes-out', 'recorded-bytes', 'recording-byte-days', 'commands', 'daily-active-users', 'stored-secret-days', 'api-calls', 'webhook-deliveries',
  'mail', 'sms', 'rotations',
];

/** Limits as a form has them: an empty text is no limit. */
export type LimitTexts = Record<string, string>;

export const limitTexts = (limits: Limit[]): LimitTexts => Object.fromEntries(limitKinds.map((kind) => [kind, String(limits.find((limit) => limit.kind === kind)?.amount ?? '')]));

export const limitsOf = (texts: LimitTexts): Limit[] => limitKinds.flatMap((kind) => {
  const text = (texts[kind] ?? '').trim();
  return text ? [{ kind, amount: Number(text) }] : [];
});

export interface PriceTexts { item: string; amount: string; per: string; included: string }

export const priceTexts = (prices: Price[]): PriceTexts[] => prices.map((price) => ({ item: price.item, amount: String(price.amount), per: String(price.per), included: String(price.included) }));

export const pricesOf = (texts: PriceTexts[]): Price[] => texts.map((one) => ({
  item: one.item, amount: Number(one.amount), per: one.item === 'subscription' ? 1 : Number(one.per || '1'), included: one.item === 'subscription' ? 0 : Number(one.included || '0'),
}));
