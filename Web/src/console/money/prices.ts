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

/** What a company has in place of a limit of its plan: nothing, a limit of its own, or none at all. */
export type OverrideMode = 'plan' | 'own' | 'none';
export type OverrideTexts = Record<string, { mode: OverrideMode; amount: string }>;

export const overrideTexts = (limits: Limit[]): OverrideTexts => Object.fromEntries(limitKinds.map((kind) => {
  const limit = limits.find((one) => one.kind === kind);
  if (!limit) return [kind, { mode: 'plan', amount: '' }];
  return [kind, limit.amount === null ? { mode: 'none', amount: '' } : { mode: 'own', amount: String(limit.amount) }];
}));

export const overridesOf = (texts: OverrideTexts): Limit[] => limitKinds.flatMap((kind) => {
  const text = texts[kind];
  if (!text || text.mode === 'plan') return [];
  return [{ kind, amount: text.mode === 'none' ? null : Number(text.amount) }];
});

/** Whether every limit of its own has a number. */
export const areOverridesWhole = (texts: OverrideTexts): boolean => Object.values(texts).every((text) => text.mode !== 'own' || /^\d{1,15}$/.test(text.amount.trim()));

export interface PriceTexts { item: string; amount: string; per: string; included: string }

export const priceTexts = (prices: Price[]): PriceTexts[] => prices.map((price) => ({ item: price.item, amount: String(price.amount), per: String(price.per), included: String(price.included) }));

export const pricesOf = (texts: PriceTexts[]): Price[] => texts.map((one) => ({
  item: one.item, amount: Number(one.amount), per: one.item === 'subscription' ? 1 : Number(one.per || '1'), included: one.item === 'subscription' ? 0 : Number(one.included || '0'),
}));
