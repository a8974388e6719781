import { describe, expect, test } from 'bun:test';
import { placeName } from '../src/core/place';
import type { Place } from '../src/api/types';

const shanghai: Place = { country: 'CN', countryName: { en: 'China', zh: '中国' }, region: { en: 'Shanghai', zh: '上海' }, city: { en: 'Shanghai', zh: '上海' }, cityId: 1796236 };
const springfield: Place = { country: 'US', countryName: null, region: { en: 'Ohio', zh: null }, city: { en: 'Springfield', zh: null }, cityId: null };

describe('places', () => {
  test('are named by city, region where it says more, and country', () => {
    expect(placeName(shanghai, 'en')).toBe('Shanghai, China');
    expect(placeName(springfield, 'en')).toBe('Springfield, Ohio, United States');
    expect(placeName({ ...springfield, city: null, region: null }, 'en')).toBe('United States');
    expect(placeName(shanghai, 'zh')).toBe('中国 上海');
    expect(placeName(springfield, 'zh')).toBe('美国 Ohio Springfield');
  });

  test('that are none have no name', () => {
    for (const none of [null, undefined, { ...shanghai, country: '<b>' }]) expect(placeName(none)).toBe('');
  });
});
