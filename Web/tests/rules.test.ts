import { describe, expect, test } from 'bun:test';
import type { EndpointRule } from '../src/api/types';
import { allows, isShared } from '../src/console/tenants/pinning';
import { labelText, readLabel } from '../src/core/labels';
import { moved } from '../src/rules/rules';

describe('where sessions go', () => {
  const rules = ['a', 'b', 'c'].map((name) => ({ name }) as EndpointRule);
  const order = (from: number, to: number) => moved(rules, from, to).map((rule) => rule.name).join('');

  test('a rule moves past its neighbours, and nothing is lost', () => {
    expect([order(0, 1), order(2, 1), order(0, 2), order(1, 1), order(9, 0)]).toEqual(['bac', 'acb', 'bca', 'abc', 'abc']);
    expect(rules.map((rule) => rule.name).join('')).toBe('abc');
  });

  test('a label comes back as it was typed', () => {
    expect(['site=north', 'expr=a=b', 'key='].map(readLabel).map(labelText)).toEqual(['site=north', 'expr=a=b', 'key=']);
    expect(readLabel(' alone ')).toEqual({ key: 'alone', value: '' });
  });

  test('a worker serves whom its pool and all the labels say', () => {
    const worker = { pool: 'eu', labels: [{ key: 'zone', value: 'a' }, { key: 'gpu', value: 'no' }] };
    const pinned = (pools: string[], ...labels: string[]) => allows({ pools, labels: labels.map(readLabel) }, worker);
    expect([pinned(['eu']), pinned(['us', 'eu'], 'zone=a'), pinned(['eu'], 'zone=a', 'gpu=no')]).toEqual([true, true, true]);
    expect([pinned(['us']), pinned(['eu'], 'zone=b'), pinned(['eu'], 'zone=a', 'gpu=yes')]).toEqual([false, false, false]);
    expect([isShared({ pools: ['default'], labels: [] }), isShared({ pools: ['default'], labels: [readLabel('a=b')] }), isShared({ pools: ['eu'], labels: [] })]).toEqual([true, false, false]);
  });
});
