import { t } from '../../core/i18n';
import { now, toLocalInput } from '../../core/time';

type Span = { startsAt: string; endsAt: string };

const week = 7 * 86_400_000;

/** What every announcement says, as its form holds it. */
export interface AnnouncementValues { title: string; body: string; startsAt: string; endsAt: string }

export const announcementValues = (one: (Span & { title: string; body: string }) | null): AnnouncementValues => ({
  title: one?.title ?? '', body: one?.body ?? '', startsAt: toLocalInput(one?.startsAt ?? null), endsAt: toLocalInput(one?.endsAt ?? new Date(Date.now() + week).toISOString()),
});

/** The page's clock moves by the half minute: what was announced just now has begun. */
const moment = (): number => Math.max(now.value, Date.now());

export const announcementState = (one: Span): 'over' | 'planned' | 'running' =>
  (Date.parse(one.endsAt) <= moment() ? 'over' : Date.parse(one.startsAt) > moment() ? 'planned' : 'running');

export const announcementStateText = (one: Span): string =>
  ({ over: t('announcement.over'), planned: t('announcement.planned'), running: t('announcement.running') })[announcementState(one)];
