import type { Key } from '../core/i18n';
import { may } from '../core/session';
import type { IconName } from '../ui/Icon';

export interface NavPage { path: string; title: Key; icon: IconName; permission?: string }
export interface NavArea { title: Key; pages: NavPage[] }

/** The areas and pages that this person may see. */
export function visible(areas: NavArea[]): NavArea[] {
  return areas.map((area) => ({ ...area, pages: area.pages.filter((page) => may(page.permission)) })).filter((area) => area.pages.length > 0);
}
