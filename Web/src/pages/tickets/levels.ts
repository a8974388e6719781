import { t } from '../../core/i18n';

/** What a rule asks for, and no flow: its only level is the server's own, and so is the name of it. */
const ruled = ['break-glass', 'sign-in', 'connect', 'command'];

/** What a level is called: as a flow names it, or by its number. */
export const levelName = (ticket: { kind: string }, level: { name?: string | null; level?: number | null }): string =>
  (ruled.includes(ticket.kind) ? t('path.review') : level.name || t('path.level', { level: level.level ?? 1 }));
