import { t } from '../../core/i18n';
import { now } from '../../core/time';

type Span = { startsAt: string; endsAt: string };

/** The page's clock moves by the half minute: what was announced just now has begun. */
const moment = (): number => Math.max(now.value, Date.now());

export const announcementState = (one: Span): 'over' | 'planned' | 'running' =>
  (Date.parse(one.endsAt) <= moment() ? 'over' : Date.parse(one.startsAt) > moment() ? 'planned' : 'running');

export const announcementStateText = (one: Span): string =>
  ({ over: t('announcement.over'), planned: t('announcement.planned'), running: t('announcement.running') })[announcementState(one)];
