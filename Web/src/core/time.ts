import { shallowRef } from 'vue';
import { languageTag } from './i18n';

/** The current time, to the half minute: relative times on the page follow it. */
export const now = shallowRef(Date.now());
setInterval(() => { now.value = Date.now(); }, 30_000);

const units: [Intl.RelativeTimeFormatUnit & ('year' | 'month' | 'day' | 'hour' | 'minute' | 'second'), number][] = [
  ['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1],
];

export function relative(time: string | number, from = now.value): string {
  const seconds = (new Date(time).getTime() - from) / 1000;
  const size = Math.abs(seconds);
  const format = new Intl.RelativeTimeFormat(languageTag(), { numeric: 'auto' });
  if (size < 45) return format.format(0, 'second');
  const [unit, length] = units.find(([, length]) => size >= length) ?? ['second', 1];
  return format.format(Math.round(seconds / length), unit);
}

/** To the second, with the zone that it is told in. */
export function absolute(time: string | number): string {
  return new Intl.DateTimeFormat(languageTag(), {
    year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
  }).format(new Date(time));
}

export function short(time: string | number): string {
  return new Intl.DateTimeFormat(languageTag(), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(time));
}

/** A length of time in words, in its two largest units: "1 hour 20 minutes". */
export function duration(seconds: number, display: 'long' | 'narrow' = 'long'): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'day'], [Math.floor(whole / 3_600) % 24, 'hour'], [Math.floor(whole / 60) % 60, 'minute'], [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? [parts[3]!] : parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => new Intl.NumberFormat(languageTag(), { style: 'unit', unit, unitDisplay: display }).format(count)).join(' ');
}

/** A length of time in hours, as a form holds it: exact to the second on the way back. */
export const hoursOf = (seconds: number | null | undefined): string => (seconds ? String(Math.round(seconds / 0.36) / 10_000) : '');

/** Null for nothing; what is no number is left to the server, which says so at the field. */
export const secondsOf = (text: string): number | null => (text.trim() ? Math.round(Number(text.trim().replace(',', '.')) * 3_600) : null);

/** 1:02:03 or 02:03, for players. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3_600);
  return `${hours ? `${hours}:` : ''}${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
}

export function bytes(count: number): string {
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = count < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log10(count) / 3));
  const format = { style: 'unit', unit: names[power], unitDisplay: power ? 'short' : 'long', maximumFractionDigits: power ? 1 : 0 } as const;
  return new Intl.NumberFormat(languageTag(), format).format(count / 1000 ** power);
}

export function number(count: number): string {
  return new Intl.NumberFormat(languageTag()).format(count);
}

/** A time for `<input type="datetime-local">`, in the person's zone, and back. */
export function toLocalInput(time: string | null): string {
  if (!time) return '';
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): string | null {
  return text ? new Date(text).toISOString() : null;
}
