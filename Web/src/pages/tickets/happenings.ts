import type { Comment, Decision, Named, Ticket } from '../../api/types';

export interface Happening { at: string | null; kind: 'opened' | 'approved' | 'rejected' | 'comment' | 'withdrawn' | 'expired' | 'escalated'; by: Named | null; text: string; channel: string; decision?: Decision }

/** What happened to a request, in order: it was asked, talked about and decided. */
export function happenings(ticket: Ticket, comments: Comment[]): Happening[] {
  const list: Happening[] = [
    { at: ticket.createdAt, kind: 'opened', by: ticket.requester, text: '', channel: 'portal' },
    ...ticket.decisions.map((one) => ({ at: one.decidedAt, kind: one.outcome === 'approved' ? 'approved' as const : 'rejected' as const, by: one.user, text: one.comment, channel: one.channel, decision: one })),
    ...ticket.path.filter((stage) => stage.escalatedAt).map((stage) => ({ at: stage.escalatedAt, kind: 'escalated' as const, by: null, text: '', channel: 'portal' })),
    ...comments.map((one) => ({ at: one.createdAt, kind: 'comment' as const, by: one.user, text: one.text, channel: 'portal' })),
  ];
  list.sort((one, other) => Date.parse(one.at ?? '') - Date.parse(other.at ?? ''));
  if (ticket.state === 'withdrawn') list.push({ at: null, kind: 'withdrawn', by: ticket.requester, text: '', channel: 'portal' });
  if (ticket.state === 'expired') list.push({ at: ticket.deadline, kind: 'expired', by: null, text: '', channel: 'portal' });
  return list;
}
