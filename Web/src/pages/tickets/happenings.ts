import type { Comment, Decision, Named, Ticket, TicketMove, TicketSeat, TicketStage } from '../../api/types';

export interface Happening {
  at: string | null; kind: 'opened' | 'level-opened' | 'reminded' | 'escalated' | 'approved' | 'rejected' | 'reassigned' | 'copied' | 'comment' | 'granted' | 'refused' | 'withdrawn' | 'expired'; by: Named | null; text: string; channel: string;
  decision?: Decision; stage?: TicketStage; from?: Named | null; people?: Named[];
}

const quiet = { by: null, text: '', channel: 'portal' };

/** The seats of a level as they were at a moment: who was handed one later had none. */
function seatsAt(ticket: Ticket, stage: TicketStage, at: string): TicketSeat[] {
  const later = ticket.moves.filter((move) => move.kind === 'reassigned' && move.level === stage.level && Date.parse(move.at) > Date.parse(at));
  return later.reverse().reduce((seats, move) => seats.map((seat) => (seat.user.id === move.to.id && move.from ? { ...seat, user: move.from } : seat)), stage.seats);
}

/** Those who had a seat at a moment, and had not answered. */
function waiting(ticket: Ticket, stage: TicketStage, at: string): Named[] {
  const spent = new Set(ticket.decisions.filter((one) => one.decidedAt <= at).flatMap((one) => [one.user.id, one.onBehalfOf?.id ?? one.user.id]));
  return seatsAt(ticket, stage, at).filter((seat) => !seat.isEscalation || (stage.escalatedAt !== null && stage.escalatedAt <= at)).map((seat) => seat.user).filter((user) => !spent.has(user.id));
}

function ofLevel(ticket: Ticket, stage: TicketStage): Happening[] {
  if (!stage.openedAt) return [];
  const holders = (at: string, late: boolean) => seatsAt(ticket, stage, at).filter((seat) => seat.isEscalation === late).map((seat) => seat.user);
  return [
    { ...quiet, at: stage.openedAt, kind: 'level-opened', stage, people: holders(stage.openedAt, false) },
    ...(stage.remindedAt ? [{ ...quiet, at: stage.remindedAt, kind: 'reminded' as const, stage, people: waiting(ticket, stage, stage.remindedAt) }] : []),
    ...(stage.escalatedAt ? [{ ...quiet, at: stage.escalatedAt, kind: 'escalated' as const, stage, people: holders(stage.escalatedAt, true) }] : []),
    ...ticket.decisions.filter((one) => one.level === stage.level).map((one) => ({
      at: one.decidedAt, kind: one.outcome === 'approved' ? 'approved' as const : 'rejected' as const, by: one.user, text: one.comment, channel: one.channel, decision: one, stage,
    })),
  ];
}

/** Seats that were handed over, and people who were put in copy at once together. */
function moved(ticket: Ticket): Happening[] {
  const list: Happening[] = [];
  let before: TicketMove | undefined;
  for (const move of ticket.moves) {
    const last = list.at(-1);
    if (last && before && move.kind === 'copied' && before.kind === 'copied' && before.at === move.at && before.by?.id === move.by?.id) last.people = [...last.people ?? [], move.to];
    else list.push({ ...quiet, at: move.at, kind: move.kind, by: move.by, from: move.from, stage: ticket.path.find((stage) => stage.level === move.level), people: [move.to] });
    before = move;
  }
  return list;
}

const ends: Record<string, Happening['kind']> = { approved: 'granted', rejected: 'refused', withdrawn: 'withdrawn', expired: 'expired' };

/** What happened to a request, in order: it was asked, went from level to level, was talked about, and came to its end. */
export function happenings(ticket: Ticket, comments: Comment[]): Happening[] {
  const list: Happening[] = [
    { at: ticket.createdAt, kind: 'opened', by: ticket.requester, text: '', channel: 'portal' },
    ...ticket.path.flatMap((stage) => ofLevel(ticket, stage)),
    ...moved(ticket),
    ...comments.map((one) => ({ at: one.createdAt, kind: 'comment' as const, by: one.user, text: one.text, channel: 'portal' })),
  ];
  list.sort((one, other) => Date.parse(one.at ?? '') - Date.parse(other.at ?? ''));
  const end = ends[ticket.state];
  // A refusal says itself that it is the end; the last approval of several does not.
  const isSaid = end === 'refused' && ticket.decisions.some((one) => one.outcome === 'rejected');
  if (end && !isSaid) list.push({ ...quiet, at: ticket.decidedAt ?? ticket.deadline, kind: end, by: end === 'withdrawn' ? ticket.requester : null });
  return list;
}
