import type { Ticket } from '../../api/types';
import { hasTargets } from './request';
import type { Narrowed } from './sendDecision';

/** How long a request is for, and how less of it is sent. */
export interface Length { seconds: number; less: (seconds: number) => Narrowed }

/** Whether an approver may give fewer assets or accounts than were asked for: other kinds are about all of theirs. */
export const takesFewer = (ticket: Ticket): boolean => hasTargets(ticket.kind);

/** The length of time that an approver may shorten; nothing where the kind has none, such as emergency access, which has begun. */
export function lengthOf(ticket: Ticket): Length | null {
  const { content } = ticket;
  if (takesFewer(ticket)) return ticket.durationSeconds > 0 ? { seconds: ticket.durationSeconds, less: (durationSeconds) => ({ durationSeconds }) } : null;
  if (ticket.kind === 'role' && typeof content.durationSeconds === 'number') return { seconds: content.durationSeconds, less: (durationSeconds) => ({ content: { ...content, durationSeconds } }) };
  if (ticket.kind !== 'extension') return null;
  const from = Date.parse(String(content.from));
  const seconds = Math.round((Date.parse(String(content.endsAt)) - from) / 1000);
  return seconds > 0 ? { seconds, less: (shorter) => ({ content: { ...content, endsAt: new Date(from + shorter * 1000).toISOString() } }) } : null;
}
