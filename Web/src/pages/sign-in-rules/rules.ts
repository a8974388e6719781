import type { RuleMember, SignInHours, SignInRule, SignInRules } from '../../api/types';
import { api } from '../../core/client';
import { languageTag } from '../../core/i18n';
import { invalidate } from '../../core/query';
import type { Picked } from '../../ui/Picker';

export const rulesPath = '/sign-in-rules';

/** A rule as its form holds it. */
export interface RuleValues extends Record<string, unknown> {
  name: string; enabled: boolean; everyone: boolean; action: SignInRule['action']; sources: string[]; hours: HoursValues[];
  users: Picked[]; groups: Picked[]; roles: Picked[]; askedUsers: Picked[]; askedGroups: Picked[]; askedRoles: Picked[];
}
export interface HoursValues { days: string[]; from: string; to: string }

/** Minutes since midnight as a clock shows them, and back; midnight at the end of a day is 0:00 too. */
export const clock = (minutes: number): string => `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
export function minutes(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number);
  return hours * 60 + rest;
}

/** Monday first, in the language of the portal. */
export const days = (style: 'short' | 'long' = 'short'): string[] => [1, 2, 3, 4, 5, 6, 7].map((day) => new Intl.DateTimeFormat(languageTag(), { weekday: style, timeZone: 'UTC' }).format(Date.UTC(2026, 5, day)));

export function hoursText(hours: SignInHours): string {
  const names = days();
  return `${hours.days.map((day) => names[day - 1]).join(' ')} ${clock(hours.from)}–${hours.to === 1440 ? '24:00' : clock(hours.to)}`;
}

export const only = (members: RuleMember[], kind: 'user' | 'group' | 'role'): Picked[] => members.flatMap((one) => (one[kind] ? [{ id: one[kind], name: one.name || one[kind] }] : []));
export const members = (users: Picked[], groups: Picked[], roles: Picked[]) => [...users.map(({ id }) => ({ user: id })), ...groups.map(({ id }) => ({ group: id })), ...roles.map(({ id }) => ({ role: id }))];

export function values(rule: SignInRule | undefined): RuleValues {
  const [who, asked] = [rule?.who ?? [], rule?.asked ?? []];
  return {
    name: rule?.name ?? '', enabled: rule?.enabled ?? true, everyone: rule?.everyone ?? true, action: rule?.action ?? 'deny', sources: rule?.sources ?? [],
    hours: (rule?.hours ?? []).map((one) => ({ days: one.days.map(String), from: clock(one.from), to: clock(one.to) })),
    users: only(who, 'user'), groups: only(who, 'group'), roles: only(who, 'role'), askedUsers: only(asked, 'user'), askedGroups: only(asked, 'group'), askedRoles: only(asked, 'role'),
  };
}

/** What is sent of a rule: people by their ids, hours in minutes. From midnight to midnight is a whole day. */
export function body(form: RuleValues, id: string | null | undefined) {
  const asks = form.action === 'review' || form.action === 'notify';
  return {
    ...(id ? { id } : {}), name: form.name.trim(), enabled: form.enabled, everyone: form.everyone, action: form.action, sources: form.sources,
    who: form.everyone ? [] : members(form.users, form.groups, form.roles), asked: asks ? members(form.askedUsers, form.askedGroups, form.askedRoles) : [],
    hours: form.hours.map((one) => ({ days: one.days.map(Number).sort(), from: minutes(one.from), to: minutes(one.from) === 0 && minutes(one.to) === 0 ? 1440 : minutes(one.to) })),
  };
}

/** A rule that stays as it is. */
export const kept = (rule: SignInRule) => body(values(rule), rule.id);

/** The list is replaced as a whole, if it is still the one that the person saw. */
export async function replaceRules(seen: SignInRules, rules: unknown[]): Promise<void> {
  try {
    await api.put(rulesPath, { rules }, seen.version);
  } finally {
    invalidate(rulesPath);
  }
}
