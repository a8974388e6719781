import type { CountedFactor, FactorAction, FactorLevel, FactorRule, FactorRules, FirstStep, SignInEntrance } from '../../api/types';
import { api } from '../../core/client';
import { invalidate } from '../../core/query';
import type { Picked } from '../../ui/Picker';
import { members, only } from '../sign-in-rules/rules';

export const factorRulesPath = '/factor-rules';
export const levels: FactorLevel[] = ['all', 'administrators', 'off'];
export const entrances: SignInEntrance[] = ['web', 'ssh', 'cli'];
export const firstSteps: FirstStep[] = ['password', 'provider', 'key'];
export const countedFactors: CountedFactor[] = ['authenticator', 'passkey', 'email', 'sms', 'radius', 'face', 'provider'];

/** A rule as its form holds it. */
export interface FactorRuleValues extends Record<string, unknown> {
  name: string; enabled: boolean; everyone: boolean; users: Picked[]; groups: Picked[]; roles: Picked[];
  entrances: string[]; sources: string[]; after: string[]; action: FactorAction; factors: string[]; always: boolean;
}

export function values(rule: FactorRule | undefined): FactorRuleValues {
  const who = rule?.who ?? [];
  return {
    name: rule?.name ?? '', enabled: rule?.enabled ?? true, everyone: rule?.everyone ?? true, action: rule?.action ?? 'require',
    users: only(who, 'user'), groups: only(who, 'group'), roles: only(who, 'role'),
    entrances: rule?.entrances ?? [], sources: rule?.sources ?? [], after: rule?.after ?? [], factors: rule?.factors ?? [], always: rule?.always ?? false,
  };
}

/** What is sent of a rule: people by their ids. */
export function body(form: FactorRuleValues) {
  return {
    name: form.name.trim(), enabled: form.enabled, everyone: form.everyone, who: form.everyone ? [] : members(form.users, form.groups, form.roles),
    entrances: form.entrances, sources: form.sources, after: form.after, action: form.action, factors: form.action === 'require' ? form.factors : [], always: form.action === 'require' && form.always,
  };
}

/** A rule that stays as it is. */
export const kept = (rule: FactorRule) => body(values(rule));

/** Level and list are replaced as a whole, if they are still those that the person saw. */
export async function replaceRules(seen: FactorRules, level: FactorLevel, rules: unknown[]): Promise<void> {
  try {
    await api.put(factorRulesPath, { level, rules }, seen.version);
  } finally {
    invalidate(factorRulesPath);
  }
}
