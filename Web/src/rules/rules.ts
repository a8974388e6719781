import type { EndpointRule, EndpointRules } from '../api/types';
import { api } from '../core/client';
import { Problem } from '../core/problem';
import { invalidate } from '../core/query';

export const rulesPath = '/endpoint-rules';

/** The list with a rule at another place. */
export function moved<Rule>(rules: Rule[], from: number, to: number): Rule[] {
  const next = [...rules];
  const [rule] = next.splice(from, 1);
  if (rule) next.splice(to, 0, rule);
  return next;
}

/** The list is replaced as a whole: it is read again right before, and what is not what the person saw is not overwritten. */
export async function replaceRules(seen: EndpointRule[], next: EndpointRule[]): Promise<void> {
  const now = await api.get<EndpointRules>(rulesPath);
  if (JSON.stringify(now.rules) !== JSON.stringify(seen)) {
    invalidate(rulesPath);
    throw new Problem('version-changed', 412);
  }
  await api.put(rulesPath, { rules: next });
  invalidate(rulesPath, '/audit-events');
}
