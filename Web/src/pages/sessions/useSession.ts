import type { Page, Session } from '../../api/types';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { may } from '../../core/session';
import { useQuery, type Answer } from '../../core/query';

/** One session. Who may not read everybody's finds their own among the last hundred. */
export function useSession(id: string): Answer<Session> {
  const one = useQuery<Session>(() => (may('sessions.read') ? at`/sessions/${id}` : null));
  const mine = useQuery<Page<Session>>(() => (may('sessions.read') ? null : '/my/sessions?limit=100'));
  if (may('sessions.read')) return one;
  const find = () => mine.data?.items.find((session) => session.id === id);
  return {
    get data() { return find(); },
    get problem() { return mine.problem ?? (mine.data && !find() ? new Problem('not-found', 404) : null); },
    get loading() { return mine.loading; },
    get isPrevious() { return false; },
    reload: () => mine.reload(),
  };
}
