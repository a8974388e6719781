import type { ApprovalFloor, Approver, CommentNeed, Flow, FlowConditions, FlowLevel, FlowRelation } from '../../api/types';
import { t, tKnown } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { platformName } from '../../core/names';
import { duration, hoursOf, secondsOf } from '../../core/time';
import type { Picked } from '../../ui/Picker';
import { kindName } from '../tickets/KindFacts';
import { clock, hoursText, minutes, type HoursValues } from '../sign-in-rules/rules';

export const flowsPath = '/flows';
export const approvalRulesPath = '/approval-rules';
export const mostLevels = 5;
export const commentNeeds: CommentNeed[] = ['never', 'rejected', 'approved', 'always'];
export const relations: FlowRelation[] = ['asset-owner', 'node-owner', 'manager'];
export const risks = ['low', 'medium', 'high'];

/** Who may decide, as a form holds it. */
export interface PeopleValues { users: Picked[]; groups: Picked[]; roles: Picked[]; relations: string[] }
/** A level as its form holds it; lengths of time are hours, as somebody types them. */
export interface LevelValues extends PeopleValues {
  name: string; webhook: string; quorum: string; deadline: string; reminder: string; lapse: string; escalation: string; later: PeopleValues; needsPasskey: boolean; needsComment: CommentNeed;
}
/** For which requests a flow or a floor is, as a form holds it. */
export interface ConditionValues extends Record<string, unknown> {
  kinds: string[]; groups: Picked[]; labels: string[]; platforms: string[]; everyAsset: boolean; privileged: string; atLeast: string; atMost: string; hours: HoursValues[]; outsideHours: boolean; risks: string[];
}
export interface FlowValues extends ConditionValues {
  organization: string; name: string; isDefault: boolean; enabled: boolean; priority: string; parallel: boolean; approvesLowRisk: boolean; copiedUsers: Picked[]; copiedGroups: Picked[]; unused: string;
  levels: LevelValues[];
}

const named = (id: string, name: string): Picked => ({ id, name: name || id });
const people = (approvers: Approver[]): PeopleValues => ({
  users: approvers.flatMap((one) => (one.user ? [named(one.user, one.name)] : [])), groups: approvers.flatMap((one) => (one.group ? [named(one.group, one.name)] : [])),
  roles: approvers.flatMap((one) => (one.role ? [named(one.role, one.name)] : [])), relations: approvers.flatMap((one) => one.relation ?? []),
});
const approvers = (values: PeopleValues) => [
  ...values.users.map(({ id }) => ({ user: id })), ...values.groups.map(({ id }) => ({ group: id })), ...values.roles.map(({ id }) => ({ role: id })), ...values.relations.map((relation) => ({ relation })),
];

export const emptyLevel = (): LevelValues => ({ ...people([]), name: '', webhook: '', quorum: '1', deadline: '72', reminder: '24', lapse: 'expired', escalation: '', later: people([]), needsPasskey: false, needsComment: 'never' });

const level = (one: FlowLevel): LevelValues => ({
  ...people(one.approvers), name: one.name, webhook: one.webhook ?? '', quorum: String(one.quorum), deadline: hoursOf(one.deadlineSeconds), reminder: hoursOf(one.reminderSeconds), lapse: one.lapse,
  escalation: hoursOf(one.escalation?.afterSeconds), later: people(one.escalation?.approvers ?? []), needsPasskey: one.needsPasskey, needsComment: one.needsComment,
});

export function conditionValues(conditions: Partial<FlowConditions>): ConditionValues {
  return {
    kinds: conditions.kinds ?? [], groups: (conditions.groups ?? []).map((one) => named(one.id, one.name)), labels: (conditions.labels ?? []).map((one) => (one.value ? labelText(one) : one.key)),
    platforms: conditions.platforms ?? [], everyAsset: conditions.assets === 'all', privileged: conditions.privileged === true ? 'yes' : conditions.privileged === false ? 'no' : '',
    atLeast: hoursOf(conditions.atLeastSeconds), atMost: hoursOf(conditions.atMostSeconds), outsideHours: conditions.outsideHours ?? false, risks: conditions.risks ?? [],
    hours: (conditions.hours ?? []).map((one) => ({ days: one.days.map(String), from: clock(one.from), to: clock(one.to) })),
  };
}

export const conditionBody = (form: ConditionValues) => ({
  kinds: form.kinds, groups: form.groups.map(({ id }) => ({ id })), labels: form.labels.map(readLabel), platforms: form.platforms, assets: form.everyAsset ? 'all' : 'any',
  privileged: form.privileged ? form.privileged === 'yes' : null, atLeastSeconds: secondsOf(form.atLeast), atMostSeconds: secondsOf(form.atMost), risks: form.risks,
  hours: form.hours.map((one) => ({ days: one.days.map(Number).sort(), from: minutes(one.from), to: minutes(one.to) || 1440 })), outsideHours: form.outsideHours && form.hours.length > 0,
});

export function values(flow: Flow | null, isFirst: boolean): FlowValues {
  return {
    ...conditionValues(flow?.conditions ?? {}),
    organization: flow?.organization ?? '', name: flow?.name ?? '', isDefault: flow?.isDefault ?? isFirst, enabled: flow?.enabled ?? true, priority: String(flow?.priority ?? 100), parallel: flow?.parallel ?? false,
    approvesLowRisk: flow?.approvesLowRisk ?? false, unused: hoursOf(flow?.unusedAfterSeconds),
    copiedUsers: (flow?.copies ?? []).flatMap((one) => (one.user ? [named(one.user, one.name)] : [])), copiedGroups: (flow?.copies ?? []).flatMap((one) => (one.group ? [named(one.group, one.name)] : [])),
    levels: flow?.levels.map(level) ?? [emptyLevel(), emptyLevel()],
  };
}

/** What is sent of a flow. A default one is for everything. */
export function body(form: FlowValues, isNew: boolean) {
  const conditions = form.isDefault ? {} : conditionBody(form);
  return {
    ...(isNew && form.organization ? { organization: form.organization } : {}), name: form.name.trim(), isDefault: form.isDefault, enabled: form.isDefault || form.enabled, priority: Number(form.priority),
    conditions, parallel: form.parallel, approvesLowRisk: form.approvesLowRisk, unusedAfterSeconds: secondsOf(form.unused),
    copies: [...form.copiedUsers.map(({ id }) => ({ user: id })), ...form.copiedGroups.map(({ id }) => ({ group: id }))],
    levels: form.levels.map((one) => {
      const later = approvers(one.later);
      return {
        name: one.name.trim(), webhook: one.webhook || null, approvers: approvers(one), quorum: Number(one.quorum), deadlineSeconds: secondsOf(one.deadline) ?? 0, reminderSeconds: secondsOf(one.reminder), lapse: one.lapse,
        escalation: one.escalation.trim() || later.length ? { afterSeconds: secondsOf(one.escalation) ?? 0, approvers: later } : null, needsPasskey: one.needsPasskey, needsComment: one.needsComment,
      };
    }),
  };
}

export const commentNeedName = (need: CommentNeed): string => tKnown(`flow.comment.${need}`, need);
export const riskName = (risk: string): string => tKnown(`risk.${risk}`, risk);
export const relationName = (relation: string): string => tKnown(`flow.relation.${relation}`, relation);
export const approverName = (one: Approver): string => (one.relation ? relationName(one.relation) : one.name || t('sign-in-rule.gone'));

/** For which requests a flow is, a few words each. */
export const conditionWords = (flow: Flow): string[] => (flow.isDefault ? [t('flow.when.default')] : whenWords(flow.conditions, flow.approvesLowRisk));

export function whenWords(conditions: FlowConditions, strictly = false): string[] {
  const every = conditions.assets === 'all' || strictly;
  const asset = (words: string) => t(every ? 'flow.when.all-assets' : 'flow.when.any-asset', { words });
  const words = [
    ...conditions.kinds.map(kindName), ...conditions.groups.map((one) => t('flow.when.group', { name: one.name || t('sign-in-rule.gone') })),
    ...conditions.labels.map((one) => asset(one.value ? labelText(one) : one.key)), ...conditions.platforms.map((one) => asset(platformName(one))),
    ...(conditions.privileged === null ? [] : [t(conditions.privileged ? 'flow.when.privileged' : 'flow.when.unprivileged')]),
    ...(conditions.atLeastSeconds ? [t('flow.when.at-least', { time: duration(conditions.atLeastSeconds) })] : []), ...(conditions.atMostSeconds ? [t('flow.when.at-most', { time: duration(conditions.atMostSeconds) })] : []),
    ...conditions.hours.map((one) => t(conditions.outsideHours ? 'flow.when.outside' : 'flow.when.inside', { hours: hoursText(one) })), ...conditions.risks.map(riskName),
  ];
  return words.length ? words : [t('flow.when.always')];
}

/** What a floor asks for, a few words each. */
export const floorWords = (floor: ApprovalFloor): string[] => [
  ...(floor.levels ? [t('floor.levels', { count: floor.levels })] : []), ...(floor.quorum > 1 ? [t('floor.quorum', { count: floor.quorum })] : []), ...(floor.needsPasskey ? [t('floor.passkey')] : []),
  ...(floor.asksPeople ? [t('floor.asks')] : []), ...(floor.atMostSeconds ? [t('flow.when.at-most', { time: duration(floor.atMostSeconds) })] : []),
];

/** A part of why a flow was chosen: a word, or a word and a value. */
export function becauseWords(part: string): string {
  const [word = '', ...rest] = part.split('=');
  const value = rest.join('=');
  const shown = word === 'kind' ? kindName(value) : word === 'risk' ? riskName(value) : word.startsWith('at-') ? duration(Number(value)) : word === 'platform' ? platformName(value) : value.replace(':', '=');
  return tKnown(`flow.because.${word}`, part, { value: shown });
}
