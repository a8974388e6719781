import { api } from '../../core/client';
import { at } from '../../core/paths';
import { usePasskey, type PasskeyRequest } from '../../core/passkey';
import type { Ticket } from '../../api/types';

export interface Narrowed { assets?: string[]; accounts?: string[]; actions?: string[]; durationSeconds?: number; content?: Record<string, unknown> }
interface Question { level: number; options: PasskeyRequest }

/** Whether the seat in which this person would answer takes a tap on a passkey. */
export const needsPasskey = (ticket: Ticket): boolean => ticket.turn?.needsPasskey ?? false;

/** Whether that answer is taken from this person with a comment only. */
export function needsComment(ticket: Ticket, outcome: 'approved' | 'rejected'): boolean {
  const need = ticket.turn?.needsComment ?? 'never';
  return need === 'always' || need === outcome;
}

/** Sends an answer, bound to what was read; an approval that takes a tap asks for it over what is approved. */
export async function sendDecision(ticket: Ticket, outcome: 'approved' | 'rejected', comment: string, narrowed: Narrowed): Promise<void> {
  const body = { outcome, comment, digest: ticket.digest, ...narrowed };
  if (outcome === 'rejected' || !needsPasskey(ticket)) { await api.post(at`/tickets/${ticket.id}/decision`, body); return; }
  const question = await api.post<Question>(at`/tickets/${ticket.id}/decision-challenge`, { digest: ticket.digest, ...narrowed });
  await api.post(at`/tickets/${ticket.id}/decision`, { ...body, passkey: await usePasskey(question.options) });
}
