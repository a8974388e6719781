import { describe, expect, test } from 'bun:test';
import messages from '../locales/fields-zh.json';
import { fieldTexts, translated } from '../src/core/i18n';
import { literals, programs } from './swift';

const folders = ['Features', 'Platform/Cryptography', 'Platform/HTTPAPI', 'Platform/Kernel', 'Apps/ControlPlane'];

/** What stands before the words of an error of a field, and of why an SSH key is not taken. */
const openers = ['\\bmessage:', '\\bInvalid\\(', '\\breading\\.fail\\(', '\\bSelf\\.field\\("?\\w+"?,', '\\bcase \\.\\w+(?:\\(let bits\\))?:(?= "(?:is|has|names|holds) )'];
const opened = new RegExp(`(?:${openers.join('|')})\\s*(?:[^"(){};,]{1,80}\\?\\s*)?"|"(?=must )`, 'g');

/** What the server may say of a field: what is said where errors are made, and whatever says what something must be. */
const said = (source: string): string[] => [...source.matchAll(opened)].flatMap((found) => literals(source, found.index + found[0].length));

/** Parts of other messages, and one that is the words of a parser alone. */
const parts = ['at most', 'at least', 'a small letter', 'a capital letter', 'a digit', 'a symbol'];
const bare = ['{}'];

describe('what the server says of fields', () => {
  test('has a text in Chinese, and no text has lost what it was for', async () => {
    const all = new Set((await programs(folders)).flatMap(said));
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
    expect(translated('must also have two of a capital letter, a digit and a symbol', texts)).toBe('还须包含大写字母、数字和符号中的两类');
    expect(translated('must also have a capital letter, a digit or a symbol', texts)).toBe('还须包含大写字母、数字或符号');
    expect(translated('must also have a digit and a symbol', texts)).toBe('还须包含数字和符号');
    expect(translated('must also have a capital letter or a digit', texts)).toBe('还须包含大写字母或数字');
    expect(translated('must also have a small letter', texts)).toBe('还须包含小写字母');
    expect(translated('at character 7: must be a whole number', texts)).toBe('第 7 个字符处：须为整数');
    expect(translated('is an RSA key of 1024 bits, which is too weak: at least 2048, better ssh-ed25519', texts)).toBe('是 1024 位的 RSA 密钥，强度不足：至少须为 2048 位，最好使用 ssh-ed25519');
    expect(translated('is something new', texts)).toBe('is something new');
    expect(translated('must be a PNG', fieldTexts({}))).toBe('must be a PNG');
  });
});
