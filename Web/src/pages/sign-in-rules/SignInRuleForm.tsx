import { component, h } from '../../core/jsx';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { toast } from '../../core/toasts';
import type { SignInAction, SignInRules } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Checkbox, Choices, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { HoursFields } from './HoursFields';
import { MemberFields } from './MemberFields';
import { body, kept, replaceRules, values } from './rules';

/** Who, from where, when, and what becomes of them. `index` is behind the last rule for a new one. */
export const SignInRuleForm = component<{ seen: SignInRules; index: number; onClose: () => void }>((props) => {
  const { seen, index } = props;
  const rule = seen.rules[index];
  const form = new Form(values(rule));
  const save = async () => {
    const next = body(form.values, rule?.id);
    const rules = seen.rules.map(kept);
    await replaceRules(seen, [...rules.slice(0, index), next, ...rules.slice(index + 1)]);
    toast(t('saved', { name: next.name }));
  };
  const actions: SignInAction[] = ['allow', 'deny', 'notify', 'review'];
  return () => (
    <FormDrawer
      title={rule ? t('rule.edit', { name: rule.name }) : t('rule.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'who', 'sources', 'hours', 'asked'].map((name) => `rules/${index}/${name}`)}
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
          <Tokens name="sources" label={t('sign-in-rule.sources')} value={values.sources} onChange={form.set('sources')} error={error('sources')} help={t('sign-in-rule.sources.help')} placeholder="10.0.0.0/8" />,
          <h3>{t('sign-in-rule.when')}</h3>,
          <p class="form-note">{t('sign-in-rule.when.help')}</p>,
          <HoursFields hours={values.hours} onChange={form.set('hours')} error={error} />,
          <h3>{t('sign-in-rule.then')}</h3>,
          <Choices name="action" label={t('sign-in-rule.action')} value={[values.action]} onChange={(value) => form.set('action')((value[0] ?? 'deny') as SignInAction)} choices={actions.map((value) => ({ value, text: t(`sign-in-action.${value}`) }))} help={t(`sign-in-action.${values.action}.help`)} />,
          (values.action === 'review' || values.action === 'notify') && <h3>{t(values.action === 'review' ? 'sign-in-rule.asked' : 'sign-in-rule.told')}</h3>,
          (values.action === 'review' || values.action === 'notify') && <MemberFields prefix="asked" users={values.askedUsers} groups={values.askedGroups} roles={values.askedRoles} onUsers={form.set('askedUsers')} onGroups={form.set('askedGroups')} onRoles={form.set('askedRoles')} error={error('asked')} />,
        ];
      }}
    />
  );
});
