import { languageTag, t, tKnown } from '../../core/i18n';
import { bytes, duration, number } from '../../core/time';
import type { Quota, UsageItem } from '../../api/types';

/** An amount of a limit's kind, in words. */
export function amountOf(kind: string, amount: number): string {
  if (kind === 'recorded-bytes') return bytes(amount);
  if (kind === 'gateway-bandwidth') return t('usage.per-second', { amount: bytes(amount) });
  return number(amount);
}

/** A quantity of a meter, in words. */
export function quantityOf(meter: string, quantity: number): string {
  if (meter === 'session-seconds') return duration(quantity, 'narrow');
  if (meter === 'recording-byte-days') return t('usage.byte-days', { amount: bytes(quantity) });
  return meter.startsWith('bytes-') || meter === 'recorded-bytes' ? bytes(quantity) : number(quantity);
}

/** A sum in the smallest unit of its currency, whatever share of the large one that is. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(languageTag(), { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export const quotaName = (kind: string): string => tKnown(`quota.${kind}`, kind);
export const meterName = (meter: string): string => tKnown(`meter.${meter}`, meter);

/** Limits that need somebody's attention, the worst first. */
export function pressing(items: Quota[]): Quota[] {
  return items.filter((item) => item.state !== 'ok').sort((left, right) => Number(right.state === 'full') - Number(left.state === 'full'));
}

export interface MeterDays { meter: string; total: number; days: number[] }

/** Usage by meter, in days of UTC; the last element is the day of `until`. */
export function byDay(items: UsageItem[], until: number, count: number): MeterDays[] {
  const day = (time: number): number => Math.floor(time / 86_400_000);
  const last = day(until);
  const meters = new Map<string, MeterDays>();
  for (const item of items) {
    const place = day(Date.parse(item.hour)) - last + count - 1;
    if (place < 0 || place >= count) continue;
    const entry = meters.get(item.meter) ?? { meter: item.meter, total: 0, days: Array.from({ length: count }, () => 0) };
    entry.total += item.quantity;
    entry.days[place] = (entry.days[place] ?? 0) + item.quantity;
    meters.set(item.meter, entry);
  }
  return [...meters.values()].sort((left, right) => left.meter.localeCompare(right.meter));
}
