import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Flow, List, Organization, Page, User, Webhook } from '../../api/types';
import { Button } from '../../ui/Button';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';
import { ConditionFields, conditionParts } from './ConditionFields';
import { LevelFields } from './LevelFields';
import { approvalRulesPath, body, emptyLevel, flowsPath, mostLevels, values, type ConditionValues, type FlowValues, type LevelValues } from './flows';

const levelParts = ['name', 'approvers', 'quorum', 'deadlineSeconds', 'reminderSeconds', 'escalation', 'escalation/afterSeconds', 'escalation/approvers', 'webhook'];

/** What a flow is for, and its levels in order. */
export const FlowForm = component<{ flow: Flow | null; first: boolean; onClose: () => void }>((props) => {
  const { flow } = props;
  const form = new Form<FlowValues>(values(flow, props.first));
  const webhooks = useQuery<Page<Webhook>>(() => (may('webhooks.read') ? '/webhooks' : null));
  const organizations = useQuery<List<Organization>>(() => (!flow && may('organizations.read') ? '/organizations' : null));
  const save = async () => {
    const sent = body(form.values, !flow);
    if (flow) await api.put(at`/flows/${flow.id}`, sent, flow.version);
    else await api.post(flowsPath, sent);
    invalidate(flowsPath, approvalRulesPath);
    toast(t('saved', { name: sent.name }));
  };
  const levels = () => form.values.levels;
  const put = (next: LevelValues[]) => { form.values.levels = next; };
  const change = (index: number, patch: Partial<LevelValues>) => put(levels().map((level, place) => (place === index ? { ...level, ...patch } : level)));
  const up = (index: number) => { const next = [...levels()]; next.splice(index - 1, 0, ...next.splice(index, 1)); put(next); };
  const level = (one: LevelValues, index: number, state: FormState) => (
    <LevelFields
      key={index} level={one} index={index} state={state} webhooks={webhooks.data?.items ?? []} onChange={(patch) => change(index, patch)} onUp={index > 0 ? () => up(index) : undefined}
      onRemove={levels().length > 1 ? () => put(levels().filter((_, place) => place !== index)) : undefined}
    />
  );
  const known = () => ['name', 'priority', 'organization', 'unusedAfterSeconds', ...conditionParts(form.values), ...levels().flatMap((_, index) => levelParts.map((name) => `levels/${index}/${name}`))];
  const places = () => organizations.data?.items ?? [];
  return () => (
    <FormDrawer
      wide title={flow ? t('flow.edit', { name: flow.name }) : t('flow.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={known()}
      fields={(state) => [
        <div class="fields-2">
          <TextInput name="flow-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus={!flow} maxlength={100} />
          {places().length > 1 && <Select name="flow-organization" label={t('flow.organization')} value={form.values.organization} onChange={form.set('organization')} placeholder={t('flow.organization.here')} choices={places().map((one) => ({ value: one.id, text: one.name }))} error={state.error('organization')} />}
          {!form.values.isDefault && <TextInput name="priority" label={t('flow.priority')} type="number" min={1} max={10000} value={form.values.priority} onInput={form.set('priority')} error={state.error('priority')} help={t('flow.priority.help')} inputmode="numeric" />}
        </div>,
        <Checkbox name="default" label={t('flow.default.label')} checked={form.values.isDefault} onChange={form.set('isDefault')} help={t('flow.default.help')} disabled={flow?.isDefault} />,
        !form.values.isDefault && <Checkbox name="enabled" label={t('flow.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} />,
        !form.values.isDefault && <ConditionFields form={form as unknown as Form<ConditionValues>} state={state} />,
        levels().map((one, index) => level(one, index, state)),
        levels().length < mostLevels && <Button icon="plus" onClick={() => put([...levels(), emptyLevel()])}>{t('flow.level.add')}</Button>,
        <section class="fieldset" aria-label={t('flow.more')}>
          <header><h3>{t('flow.more')}</h3></header>
          <Checkbox name="parallel" label={t('flow.parallel')} checked={form.values.parallel} onChange={form.set('parallel')} />
          <Checkbox name="approves-low-risk" label={t('flow.approves-low-risk')} checked={form.values.approvesLowRisk} onChange={form.set('approvesLowRisk')} help={t('flow.approves-low-risk.help')} />
          <TextInput name="unused" label={t('flow.unused')} optional value={form.values.unused} onInput={form.set('unused')} error={state.error('unusedAfterSeconds')} help={t('flow.unused.help')} inputmode="decimal" />
          <div class="fields-2">
            <Picker name="copied-users" label={t('flow.copied.users')} optional value={form.values.copiedUsers} onChange={form.set('copiedUsers')} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
            <Picker name="copied-groups" label={t('flow.copied.groups')} optional value={form.values.copiedGroups} onChange={form.set('copiedGroups')} path="/groups" />
          </div>
        </section>,
      ]}
    />
  );
});
