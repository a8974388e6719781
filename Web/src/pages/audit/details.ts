import { listed, t, tKnown } from '../../core/i18n';
import { stateName } from '../../core/names';
import { absolute } from '../../core/time';

/** What is known of an event besides, by one name; `key` is the trail's for the whole that it is of. */
export interface Detail { key: string; name: string; value: string }

/** More than so many are read as the trail has them. */
export const most = 60;

/** Members whose words are the API's, with what they are called. */
const words: Record<string, (word: string) => string> = {
  outcome: stateName, state: stateName, effect: stateName,
};

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.keys(value).length > 0;
const nameOf = (key: string): string => tKnown(`audit-detail.${key}`, key);

function leaf(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'object') return Array.isArray(value) && value.length ? listed(value.map((one) => leaf(key, one))) : '–';
  const text = String(value);
  return isTime(text) ? absolute(text) : words[key]?.(text) ?? text;
}

/** What stands within something stands behind its name. Lists of plain things are one line, others one for each. */
function lines(names: string[], key: string, value: unknown): Omit<Detail, 'key'>[] {
  if (Array.isArray(value) ? value.some(isBranch) : isBranch(value)) {
    return Object.entries(value as object).flatMap(([part, inner]) =>
      Array.isArray(value) ? lines([...names.slice(0, -1), `${names[names.length - 1]} ${Number(part) + 1}`], key, inner) : lines([...names, nameOf(part)], part, inner));
  }
  return [{ name: names.join(' › '), value: leaf(key, value) }];
}

/** What is known of an event besides, in the person's words where there are some: as the trail has it where there are none. */
export const detailsOf = (details: Record<string, unknown>): Detail[] =>
  Object.entries(details).flatMap(([key, value]) => lines([nameOf(key)], key, value).map((line) => ({ key, ...line })));
