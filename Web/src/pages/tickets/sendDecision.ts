import { api } from '../../core/client';
import { at } from '../../core/paths';
import { usePasskey, type PasskeyRequest } from '../../core/passkey';
import { me } from '../../core/session';
import type { Ticket } from '../../api/types';

export interface Narrowed { assets?: string[]; accounts?: string[]; durationSeconds?: number }
interface Question { level: number; options: PasskeyRequest }

/** Whether the level that this person would answer takes a tap on a passkey. Those who sit in for somebody are told by the server. */
export const needsPasskey = (ticket: Ticket): boolean => {
  const open = ticket.path.filter((stage) => stage.openedAt && !stage.passedAt);
  const mine = open.filter((stage) => stage.seats.some((seat) => seat.user.id === me.value?.user.id));
  return (mine[0] ?? open[0])?.needsPasskey ?? false;
};

/** Sends an answer, bound to what was read; an approval that takes a tap asks for it over what is approved. */
export async function sendDecision(ticket: Ticket, outcome: 'approved' | 'rejected', comment: string, narrowed: Narrowed): Promise<void> {
  const body = { outcome, comment, digest: ticket.digest, ...narrowed };
  if (outcome === 'rejected' || !needsPasskey(ticket)) { await api.post(at`/tickets/${ticket.id}/decision`, body); return; }
  const question = await api.post<Question>(at`/tickets/${ticket.id}/decision-challenge`, { digest: ticket.digest, ...narrowed });
  await api.post(at`/tickets/${ticket.id}/decision`, { ...body, passkey: await usePasskey(question.options) });
}
