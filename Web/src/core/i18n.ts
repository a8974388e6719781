import { shallowRef } from 'vue';
import en from '../../locales/en.json';

export type Key = keyof typeof en;
export type Values = Record<string, string | number>;

/** The languages of the portal; each has a file in locales/ with the same keys. */
export const languages = [
  { code: 'en', name: 'English' },
  { code: 'zh', name: '中文' },
] as const;
export type Language = (typeof languages)[number]['code'];

const texts = shallowRef<Record<string, string>>(en);
const fields = shallowRef<FieldTexts>([]);
const sentences = shallowRef<FieldTexts>([]);
const current = shallowRef<Language>('en');
const stored = 'gatehouse.language';

export const language = (): Language => current.value;
/** The tag for Intl and the page: Chinese is written simplified. */
export const languageTag = (): string => (current.value === 'zh' ? 'zh-CN' : 'en');

export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(stored), ...navigator.languages];
  const found = wanted.map((tag) => languages.find((known) => tag?.toLowerCase().startsWith(known.code))).find(Boolean);
  return found?.code ?? 'en';
}

/** Whether somebody has picked a language in this browser. */
export const hasChosenLanguage = (): boolean => localStorage.getItem(stored) !== null;

export async function setLanguage(code: string, remember = true): Promise<void> {
  const known = languages.find((one) => one.code === code)?.code ?? 'en';
  const [own, messages, said] = known === 'zh' ? await Promise.all([import('../../locales/zh.json'), import('../../locales/fields-zh.json'), import('../../locales/said-zh.json')]) : [];
  texts.value = own?.default ?? en;
  fields.value = fieldTexts(messages?.default ?? {});
  sentences.value = fieldTexts({ ...messages?.default, ...said?.default });
  current.value = known;
  document.documentElement.lang = languageTag();
  if (remember) localStorage.setItem(stored, known);
}

/** The text of a key with its values filled in; `{count|one|many}` picks by number. */
export function t(key: Key, values: Values = {}): string {
  return fill(texts.value[key] ?? en[key] ?? key, values);
}

/** The text of a key that is put together at run time, or the fallback: a server may know words that the portal does not. */
export function tKnown(key: string, fallback: string, values: Values = {}): string {
  const text = texts.value[key] ?? (en as Record<string, string>)[key];
  return text === undefined ? fallback : fill(text, values);
}

/** Several words or clauses in a row, as the language puts them: Chinese has a comma of its own for either. */
export const listed = (words: string[], clauses = false): string => words.join(current.value === 'zh' ? (clauses ? '，' : '、') : ', ');

/** What the server says of a field, which it does in English, in the person's language; as it came where the portal does not know it. */
export const tField = (message: string): string => translated(message, fields.value);

/** What the server says in sentences, which it does in English: why it refuses, what became of a step or a delivery. */
export const tSaid = (message: string): string => toldIn(message, sentences.value);

/** One sentence, several with `; ` between them, or one behind who it is about: `server:389: no answer in time`. */
export function toldIn(message: string, texts: FieldTexts): string {
  if (!texts.length || !message) return message;
  const whole = translated(message, texts, toldIn);
  if (whole !== message) return whole;
  if (message.includes('; ')) return message.split('; ').map((part) => toldIn(part, texts)).join('；');
  // Those behind are looked for in the rest.
  const at = message.indexOf(': ');
  if (at < 0) return message;
  const rest = message.slice(at + 2);
  const own = toldIn(rest, texts);
  return own === rest ? message : `${message.slice(0, at)}：${own}`;
}

type FieldTexts = { pattern: RegExp; text: string }[];

/** What to look for by what is said in its place: `{}` stands for what the server put in. The most words first. */
export function fieldTexts(messages: Record<string, string>): FieldTexts {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return Object.entries(messages)
    .sort(([one], [other]) => other.length - one.length)
    .map(([message, text]) => ({ pattern: new RegExp(`^${message.split('{}').map(escaped).join('(.*?)')}$`, 's'), text }));
}

export function translated(message: string, texts: FieldTexts, inner = translated): string {
  for (const { pattern, text } of texts) {
    const [found, ...values] = pattern.exec(message) ?? [];
    // A value may be a message itself, or a range of numbers.
    if (found !== undefined) return text.replace(/\{\}/g, () => inner((values.shift() ?? '').replace(/^(\d+) to (\d+)$/, '$1–$2'), texts));
  }
  return message;
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return one === undefined || many === undefined ? String(value) : Number(value) === 1 ? one : many;
  });
}
