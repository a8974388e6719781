import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import type { ProviderRule, Role, RuleCondition } from '../../api/types';

/** What must hold, as a form has it: one text each, and for an attribute its value. */
export interface ConditionValues { kind: RuleCondition['kind']; name: string; match: string; value: string }
/** What a rule gives: a role, a group, or a place in an organization. */
export type RuleEffect = 'role' | 'group' | 'place';
export interface RuleValues { conditions: ConditionValues[]; kind: RuleEffect; role: string; organization: string; group: { id: string; name: string }[] }

export const newCondition = (): ConditionValues => ({ kind: 'group', name: '', match: 'equals', value: '' });
export const newRule = (): RuleValues => ({ conditions: [newCondition()], kind: 'group', role: '', organization: '', group: [] });

/** The group that a rule names first is one of its conditions. */
const all = (rule: ProviderRule): RuleCondition[] => [...(rule.directoryGroup === null ? [] : [{ kind: 'group' as const, name: rule.directoryGroup }]), ...(rule.conditions ?? [])];

const readCondition = (one: RuleCondition): ConditionValues => ({
  ...newCondition(), kind: one.kind, name: one.kind === 'under' ? one.dn : one.name, ...(one.kind === 'attribute' ? { match: one.match, value: one.value } : {}),
});

const writeCondition = ({ kind, name, match, value }: ConditionValues): RuleCondition => {
  if (kind === 'under') return { kind, dn: name.trim() };
  return kind === 'attribute' ? { kind, name: name.trim(), match, value: match === 'equals' ? value.trim() : value } : { kind: 'group', name: name.trim() };
};

export const readRule = (rule: ProviderRule): RuleValues => ({
  conditions: all(rule).map(readCondition), kind: rule.role ? 'role' : rule.group ? 'group' : 'place', role: rule.role ?? '', organization: rule.organization ?? '',
  group: rule.group ? [{ id: rule.group, name: rule.group }] : [],
});

export function writeRule(rule: RuleValues): ProviderRule {
  const group = rule.conditions.find((one) => one.kind === 'group');
  return {
    directoryGroup: group ? group.name.trim() : null, conditions: rule.conditions.filter((one) => one !== group).map(writeCondition), role: rule.kind === 'role' ? rule.role || null : null,
    organization: rule.kind === 'group' ? null : rule.organization || null, group: rule.kind === 'group' ? rule.group[0]?.id ?? null : null,
  };
}

/** A rule in words: what must hold. */
export const conditionText = (rule: ProviderRule): string => all(rule).map((one) => (
  one.kind === 'group' ? t('provider.rule.says.group', { name: one.name })
    : one.kind === 'under' ? t('provider.rule.says.under', { name: one.dn })
      : t(`provider.rule.says.${one.match}` as 'provider.rule.says.equals', { name: one.name, value: one.value })
)).join(t('provider.rule.and'));

/** What a rule gives, by the names that are known. */
export function effectText(rule: ProviderRule, roles: Role[], places: { id: string; name: string }[], groups: { id: string; name: string }[]): string {
  const named = (list: { id: string; name: string }[], id: string) => list.find((one) => one.id === id)?.name ?? id;
  if (rule.group) return t('provider.rule.gives.that-group', { name: named(groups, rule.group) });
  if (!rule.role) return t('provider.rule.gives.that-place', { name: named(places, rule.organization ?? '') });
  const role = roles.find((one) => (one.builtIn ?? one.id) === rule.role || one.id === rule.role);
  const name = role ? roleName(role) : rule.role ?? '';
  return rule.organization ? t('provider.rule.gives.role-at', { name, place: named(places, rule.organization) }) : t('provider.rule.gives.that-role', { name });
}
