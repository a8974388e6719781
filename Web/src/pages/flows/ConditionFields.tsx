import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { platformName } from '../../core/names';
import type { Form } from '../../core/form';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, Choices, Select, TextInput } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { flowKinds, kindName } from '../tickets/KindFacts';
import { HoursFields } from '../sign-in-rules/HoursFields';
import { riskName, risks, type ConditionValues } from './flows';

/** The conditions at whose fields it is said what is wrong with them. */
export const conditionParts = ({ hours }: ConditionValues): string[] =>
  ['kinds', 'labels', 'atLeastSeconds', 'atMostSeconds', ...hours.map((_, index) => `hours/${index}`)].map((name) => `conditions/${name}`);

/** For which requests a flow is; what is left empty asks for nothing. */
export const ConditionFields = view<{ form: Form<ConditionValues>; state: FormState; under?: string }>((props) => {
  const { values, set } = props.form;
  const error = (name: string) => props.state.error(`${props.under ?? ''}conditions/${name}`);
  return (
    <section class="fieldset" aria-label={t('flow.when')}>
      <header><h3>{t('flow.when')}</h3></header>
      <Choices
        many name="kinds" label={t('flow.kinds')} value={values.kinds} onChange={set('kinds')} error={error('kinds')} help={t('flow.kinds.help')}
        choices={[...new Set([...flowKinds, ...values.kinds])].map((value) => ({ value, text: kindName(value) }))}
      />
      <div class="fields-2">
        <Picker name="when-groups" label={t('flow.when.groups')} optional value={values.groups} onChange={set('groups')} path="/groups" />
        <Tokens name="labels" label={t('asset.labels')} value={values.labels} onChange={set('labels')} error={error('labels')} placeholder="env=prod" />
        <Select name="privileged" label={t('flow.privileged')} value={values.privileged} onChange={set('privileged')} placeholder={t('flow.either')} choices={[{ value: 'yes', text: t('flow.when.privileged') }, { value: 'no', text: t('flow.when.unprivileged') }]} />
        <TextInput name="at-least" label={t('flow.at-least')} optional value={values.atLeast} onInput={set('atLeast')} error={error('atLeastSeconds')} inputmode="decimal" />
        <TextInput name="at-most" label={t('flow.at-most')} optional value={values.atMost} onInput={set('atMost')} error={error('atMostSeconds')} inputmode="decimal" />
      </div>
      <Choices many name="platforms" label={t('platform')} optional value={values.platforms} onChange={set('platforms')} choices={[{ value: 'linux', text: platformName('linux') }]} />
      <Choices many name="risks" label={t('flow.risks')} optional value={values.risks} onChange={set('risks')} choices={risks.map((value) => ({ value, text: riskName(value) }))} />
      <Checkbox name="every-asset" label={t('flow.every-asset')} checked={values.everyAsset} onChange={set('everyAsset')} help={t('flow.every-asset.help')} />
      {values.hours.length > 0 && <Checkbox name="outside-hours" label={t('flow.outside-hours')} checked={values.outsideHours} onChange={set('outsideHours')} help={t('flow.outside-hours.help')} />}
      <HoursFields hours={values.hours} onChange={set('hours')} error={(pointer) => error(pointer)} />
    </section>
  );
});
