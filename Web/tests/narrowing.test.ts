import { describe, expect, test } from 'bun:test';
import { lengthOf, takesFewer } from '../src/pages/tickets/narrowing';
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
