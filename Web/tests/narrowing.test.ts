import { describe, expect, test } from 'bun:test';
import { lengthOf, takesFewer } from '../src/pages/tickets/narrowing';
import { urgency } from '../src/pages/tickets/TicketTable';
import type { Ticket } from '../src/api/types';

const ticket = (kind: string, content: Record<string, unknown>, durationSeconds = 3_600) => ({ kind, content, durationSeconds }) as unknown as Ticket;

describe('less than was asked for', () => {
  test('is a shorter time, where each kind keeps it', () => {
    expect(lengthOf(ticket('access', {}))?.less(600)).toEqual({ durationSeconds: 600 });
    expect(lengthOf(ticket('role', { role: 'rol_1', durationSeconds: 7_200 }))?.less(600)).toEqual({ content: { role: 'rol_1', durationSeconds: 600 } });
    const more = lengthOf(ticket('extension', { grant: 'grt_1', from: '2026-11-30T10:00:00.000Z', endsAt: '2026-11-30T12:00:00.000Z' }));
    expect(more?.seconds).toBe(7_200);
    expect(more?.less(1_800)).toEqual({ content: { grant: 'grt_1', from: '2026-11-30T10:00:00.000Z', endsAt: '2026-11-30T10:30:00.000Z' } });
  });

  test('is nothing where a kind takes none', () => {
    expect(lengthOf(ticket('break-glass', {}))).toBeNull();
    expect(lengthOf(ticket('general', {}, 0))).toBeNull();
    expect(lengthOf(ticket('extension', { endsAt: '2026-11-30T12:00:00.000Z', from: null }))).toBeNull();
    expect(['access', 'secret', 'extension', 'break-glass', 'role'].filter((kind) => takesFewer(ticket(kind, {})))).toEqual(['access', 'secret']);
  });
});

describe('an answer that is due', () => {
  const one = { createdAt: '2026-11-30T10:00:00Z', deadline: '2026-11-30T14:00:00Z', path: [] as unknown[] };
  const at = (time: string, path: unknown[] = []) => urgency({ ...one, path } as unknown as Ticket, Date.parse(`2026-11-30T${time}Z`));

  test('is coloured by how much of its time is left, of the level that is asked', () => {
    expect([at('11:59:00'), at('12:00:00'), at('12:59:00'), at('13:00:00'), at('15:00:00')]).toEqual(['good', 'wait', 'wait', 'bad', 'bad']);
    expect(at('12:59:00', [{ openedAt: '2026-11-30T10:00:00Z', passedAt: '2026-11-30T12:00:00Z' }, { openedAt: '2026-11-30T12:00:00Z', passedAt: null }])).toBe('good');
  });
});
