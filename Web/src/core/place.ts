import { language, type Language } from './i18n';
import type { Place, PlaceName } from '../api/types';

/** "Berlin, Germany", or 德国 柏林: the country in the words of the browser, which knows all of them. */
export function placeName(place: Place | null | undefined, tongue: Language = language()): string {
  if (!place || !/^[A-Z]{2}$/.test(place.country)) return '';
  const isChinese = tongue === 'zh';
  const own = (name: PlaceName | null | undefined): string | undefined => (isChinese ? name?.zh ?? name?.en : name?.en);
  const known = new Intl.DisplayNames(isChinese ? 'zh-CN' : 'en', { type: 'region', fallback: 'none' }).of(place.country);
  const city = own(place.city);
  const region = city === undefined || own(place.region) === city ? undefined : own(place.region);
  const parts = [city, region, known ?? own(place.countryName) ?? place.country].filter(Boolean);
  return isChinese ? parts.reverse().join(' ') : parts.join(', ');
}
