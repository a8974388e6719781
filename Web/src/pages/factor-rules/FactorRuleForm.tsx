import { component, h } from '../../core/jsx';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { toast } from '../../core/toasts';
import type { FactorAction, FactorRules } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Checkbox, Choices, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { MemberFields } from '../sign-in-rules/MemberFields';
import { body, countedFactors, entrances, firstSteps, kept, replaceRules, values } from './rules';

/** Who, at which entrance, from where, and what is asked. `index` is behind the last rule for a new one. */
export const FactorRuleForm = component<{ seen: FactorRules; index: number; onClose: () => void }>((props) => {
  const { seen, index } = props;
  const rule = seen.rules[index];
  const form = new Form(values(rule));
  const save = async () => {
    const next = body(form.values);
    const rules = seen.rules.map(kept);
    await replaceRules(seen, seen.level, [...rules.slice(0, index), next, ...rules.slice(index + 1)]);
    toast(t('saved', { name: next.name }));
  };
  const actions: FactorAction[] = ['require', 'skip'];
  return () => (
    <FormDrawer
      title={rule ? t('rule.edit', { name: rule.name }) : t('rule.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'who', 'sources', 'factors'].map((name) => `rules/${index}/${name}`)}
      fields={(state) => {
        const error = (name: string) => state.error(`rules/${index}/${name}`);
        const { values } = form;
        return [
          <TextInput name="rule-name" label={t('name')} value={values.name} onInput={form.set('name')} error={error('name')} maxlength={100} autofocus />,
          <Checkbox name="enabled" label={t('sign-in-rule.enabled')} checked={values.enabled} onChange={form.set('enabled')} />,
          <h3>{t('sign-in-rule.who')}</h3>,
          <Checkbox name="everyone" label={t('sign-in-rule.everyone')} checked={values.everyone} onChange={form.set('everyone')} />,
          !values.everyone && <MemberFields prefix="who" users={values.users} groups={values.groups} roles={values.roles} onUsers={form.set('users')} onGroups={form.set('groups')} onRoles={form.set('roles')} error={error('who')} />,
          <h3>{t('sign-in-rule.where')}</h3>,
          <Choices many name="entrances" label={t('factor-rule.entrances')} value={values.entrances} onChange={form.set('entrances')} choices={entrances.map((value) => ({ value, text: t(`sign-in-entrance.${value}`) }))} help={t('factor-rule.entrances.help')} />,
          <Tokens name="sources" label={t('sign-in-rule.sources')} value={values.sources} onChange={form.set('sources')} error={error('sources')} help={t('sign-in-rule.sources.help')} placeholder="10.0.0.0/8" />,
          <Choices many name="after" label={t('factor-rule.after')} value={values.after} onChange={form.set('after')} choices={firstSteps.map((value) => ({ value, text: t(`first-step.${value}`) }))} help={t('factor-rule.after.help')} />,
          <h3>{t('sign-in-rule.then')}</h3>,
          <Choices name="action" label={t('factor-rule.action')} value={[values.action]} onChange={(value) => form.set('action')((value[0] ?? 'require') as FactorAction)} choices={actions.map((value) => ({ value, text: t(`factor-action.${value}`) }))} help={t(`factor-action.${values.action}.help`)} />,
          values.action === 'require' && <Choices many name="factors" label={t('factor-rule.factors')} value={values.factors} onChange={form.set('factors')} choices={countedFactors.map((value) => ({ value, text: t(`factor.${value}`) }))} error={error('factors')} help={t('factor-rule.factors.help')} />,
          values.action === 'require' && <Checkbox name="always" label={t('factor-rule.always')} checked={values.always} onChange={form.set('always')} />,
        ];
      }}
    />
  );
});
