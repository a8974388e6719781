import { tKnown } from '../../core/i18n';
import type { EventKind } from '../../api/types';

const familyOf = (type: string): string => type.split('.')[0] ?? type;

/** What a webhook can be subscribed to: everything, each family, and each event. */
export function patternsOf(kinds: EventKind[]): string[] {
  const families = new Set(kinds.map((kind) => `${familyOf(kind.type)}.*`));
  return kinds.length ? ['*', ...[...families].sort(), ...kinds.map((kind) => kind.type)] : [];
}

export interface EventFamily { family: string; types: string[] }

export const familyName = (family: string): string => tKnown(`event-family.${family}`, family);
/** What has happened; an event that the portal does not know yet is shown by its type. */
export const eventName = (type: string): string => tKnown(`event-name.${type}`, type);

/** The events by what they are about. */
export function familiesOf(kinds: EventKind[]): EventFamily[] {
  const families = new Map<string, string[]>();
  for (const { type } of kinds) {
    const family = familyOf(type);
    families.set(family, [...(families.get(family) ?? []), type]);
  }
  return [...families].map(([family, types]) => ({ family, types }));
}

/** Those families, with those events, that have the words in their names or types. */
export function foundEvents(families: EventFamily[], words: string): EventFamily[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return families;
  const has = (text: string) => text.toLowerCase().includes(wanted);
  return families.flatMap(({ family, types }) => {
    const shown = has(familyName(family)) ? types : types.filter((type) => has(type) || has(eventName(type)));
    return shown.length ? [{ family, types: shown }] : [];
  });
}

export const hasWhole = (patterns: string[], family: string): boolean => patterns.includes('*') || patterns.includes(`${family}.*`);
export const hasEvent = (patterns: string[], type: string): boolean => hasWhole(patterns, familyOf(type)) || patterns.includes(type);

/** The patterns with a whole family or without any of it: one pattern stands for what there is today and what comes. */
export function withFamily(patterns: string[], family: string, on: boolean): string[] {
  const others = patterns.filter((pattern) => !pattern.startsWith(`${family}.`));
  return on ? [...others, `${family}.*`] : others;
}

/** The patterns with an event or without it. Of a family that was there as a whole the others stay. */
export function withEvent(patterns: string[], { family, types }: EventFamily, type: string, on: boolean): string[] {
  if (on) return hasEvent(patterns, type) ? patterns : [...patterns, type];
  const whole = patterns.includes(`${family}.*`);
  const left = patterns.filter((pattern) => pattern !== type && pattern !== `${family}.*`);
  return whole ? [...left, ...types.filter((other) => other !== type && !left.includes(other))] : left;
}

/** A payload on several lines; what is no JSON stays as it is. */
export function readable(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
