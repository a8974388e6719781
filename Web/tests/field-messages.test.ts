import { describe, expect, test } from 'bun:test';
import messages from '../locales/fields-zh.json';
import { fieldTexts, translated } from '../src/core/i18n';

const root = `${import.meta.dir}/../../../Sources`;
const folders = ['Features', 'Platform', 'Apps/ControlPlane'];

/** A literal of Swift from behind its first quote, with `{}` in the place of what is put in. */
function literal(source: string, start: number): string {
  let text = '';
  for (let at = start; source[at] !== '"'; at += 1) {
    if (source[at] !== '\\') { text += source[at]; continue; }
    at += 1;
    if (source[at] !== '(') { text += source[at]; continue; }
    for (let depth = 1; depth > 0;) {
      at += 1;
      depth += source[at] === '(' ? 1 : source[at] === ')' ? -1 : 0;
    }
    text += '{}';
  }
  return text;
}

/** What the server may say of a field: what is said where errors are made, and whatever says what something must be. */
function said(source: string): string[] {
  const starts = source.matchAll(/(?:FieldError\(\s*pointer:[^;{}]{0,120}?message:\s*|\breading\.fail\(\s*|Invalid\(\s*)"|"(?=must )/g);
  return [...starts].map((found) => literal(source, found.index + found[0].length));
}

/** Parts of other messages, and one that is the words of a parser alone. */
const parts = ['at most', 'at least'];
const bare = ['{}'];

describe('what the server says of fields', () => {
  const files = folders.flatMap((folder) => [...new Bun.Glob('**/*.swift').scanSync({ cwd: `${root}/${folder}` })].map((file) => `${root}/${folder}/${file}`));

  test('has a text in Chinese, and no text has lost what it was for', async () => {
    const sources = await Promise.all(files.map((file) => Bun.file(file).text()));
    const all = new Set(sources.flatMap(said));
    expect(all.size > 200).toBe(true);
    expect([...all].filter((message) => !(message in messages) && !bare.includes(message))).toEqual([]);
    expect(Object.keys(messages).filter((message) => !all.has(message) && !parts.includes(message))).toEqual([]);
  });

  test('keeps every value in Chinese', () => {
    const count = (text: string) => text.split('{}').length;
    expect(Object.entries(messages).filter(([message, text]) => count(message) !== count(text))).toEqual([]);
    expect(Object.values(messages).filter((text) => !/[\u4e00-\u9fff]/.test(text))).toEqual([]);
  });

  test('is found with its values, and stays as it came if nobody knows it', () => {
    const texts = fieldTexts(messages);
    expect(translated('must be 1 to 200 characters long', texts)).toBe('长度须为 1–200 个字符');
    expect(translated('must be at least 12 characters long; a few words in a row are good', texts)).toBe('至少须有 12 个字符；连用几个词是不错的选择');
    expect(translated('must be one of access, role', texts)).toBe('须为以下之一：access, role');
    expect(translated('does not know {{nonsense}}; known are {{number}}, {{reason}}', texts)).toBe('没有名为 {{nonsense}} 的变量；可用的有 {{number}}, {{reason}}');
    expect(translated('at character 7: must be a whole number', texts)).toBe('第 7 个字符处：须为整数');
    expect(translated('is something new', texts)).toBe('is something new');
    expect(translated('must be a PNG', fieldTexts({}))).toBe('must be a PNG');
  });
});
