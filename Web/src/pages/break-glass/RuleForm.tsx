import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { BreakGlassRule, BreakGlassRules, Group, List, Organization } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput, keeping } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { ActionsField, withFirst } from '../tickets/ActionsField';

/** The list is replaced as a whole, if it is still the one that the person saw. */
export async function replaceRules(seen: BreakGlassRules, rules: BreakGlassRule[]): Promise<void> {
  try {
    await api.put('/break-glass-rules', { rules }, seen.version);
  } finally {
    invalidate('/break-glass-rules', '/my/break-glass');
  }
}

/** Who may take emergency access to what, and for how long. */
export const RuleForm = component<{ seen: BreakGlassRules; index: number; names: Map<string, string>; onClose: () => void }>((props) => {
  const rule = props.seen.rules[props.index];
  const form = new Form({
    name: rule?.name ?? '', groups: (rule?.groups ?? []).map((id) => ({ id, name: props.names.get(id) ?? id })) as Picked[],
    labels: (rule?.labels ?? []).map(labelText), actions: withFirst(rule?.actions ?? []), organization: rule?.organization ?? '', minutes: String(Math.round((rule?.maxSeconds ?? 3_600) / 60)),
  });
  const save = async () => {
    const { values } = form;
    const rules = [...props.seen.rules];
    rules[props.index] = {
      name: values.name.trim(), groups: values.groups.map((one) => one.id), organization: values.organization || null, maxSeconds: Math.round((Number(values.minutes) || 0) * 60),
      labels: values.labels.map(readLabel), actions: values.actions,
    };
    await replaceRules(props.seen, rules);
  };
  const organizations = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  const places = () => organizations.data?.items ?? [];
  const field = (name: string) => `rules/${props.index}/${name}`;
  return () => (
    <FormDrawer
      title={t(rule ? 'break-glass.rule' : 'break-glass.rule.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'groups', 'organization', 'labels', 'actions', 'maxSeconds'].map(field)}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error(field('name'))} autofocus />,
        <Picker name="groups" label={t('break-glass.groups')} value={form.values.groups} onChange={form.set('groups')} path="/groups" error={state.error(field('groups'))} toChoice={(group: Group) => ({ id: group.id, name: group.name })} />,
        (places().length > 1 || !!form.values.organization) && (
          <Select
            name="organization" label={t('break-glass.organization')} value={form.values.organization} onChange={form.set('organization')} placeholder={t('break-glass.anywhere')} error={state.error(field('organization'))}
            help={t('break-glass.organization.help')} choices={keeping(places().map((one) => ({ value: one.id, text: one.name })), form.values.organization)}
          />
        ),
        <Tokens name="labels" label={t('break-glass.labels')} value={form.values.labels} onChange={form.set('labels')} error={state.error(field('labels'))} help={t('break-glass.labels.help')} />,
        <ActionsField value={form.values.actions} onChange={form.set('actions')} error={state.error(field('actions'))} help={t('break-glass.actions.help')} />,
        <TextInput name="minutes" label={t('break-glass.minutes')} type="number" min={5} value={form.values.minutes} onInput={form.set('minutes')} inputmode="numeric" error={state.error(field('maxSeconds'))} />,
      ]}
    />
  );
});
