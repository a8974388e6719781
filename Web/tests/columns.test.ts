import { describe, expect, test } from 'bun:test';
import { filterText, nextSort, toCSV, type FilterDef } from '../src/table/columns';

const state: FilterDef = { id: 'state', title: 'state', choices: [{ value: 'active', text: '' }, { value: 'disabled', text: '' }] };
const locked: FilterDef = { id: 'locked', title: 'state', choices: [{ value: 'true', text: '' }] };

describe('filters', () => {
  test('nothing chosen is no filter', () => {
    expect(filterText({}, [state], ['name'])).toBeUndefined();
    expect(filterText({ q: '  ' }, [state], ['name'])).toBeUndefined();
  });

  test('chips, search words and what always holds are joined', () => {
    expect(filterText({ state: 'active', q: 'web' }, [state], ['name', 'address'], 'node eq "n"')).toBe('node eq "n" and state eq "active" and (name co "web" or address co "web")');
    expect(filterText({ q: 'web' }, [], ['name', 'address'])).toBe('name co "web" or address co "web"');
    expect(filterText({ locked: 'true' }, [locked], [])).toBe('locked eq true');
  });

  test('words cannot break out of their quotes, and a value that is no choice is not sent', () => {
    expect(filterText({ q: 'a" or name pr or name co "' }, [], ['name'])).toBe(String.raw`name co "a\" or name pr or name co \""`);
    expect(filterText({ state: 'x" or y eq "z' }, [state], [])).toBeUndefined();
  });
});

describe('order and export', () => {
  test('a heading goes from ascending over descending to none', () => {
    expect([nextSort(undefined, 'name'), nextSort('name', 'name'), nextSort('-name', 'name'), nextSort('login', 'name')]).toEqual(['name', '-name', undefined, 'name']);
  });

  test('cells are quoted, and none is a formula', () => {
    expect(toCSV([['a,b', 'say "x"', '=1+1', '@x', 'plain\nline']])).toBe('"a,b","say ""x""",\'=1+1,\'@x,"plain\nline"\r\n');
  });
});
