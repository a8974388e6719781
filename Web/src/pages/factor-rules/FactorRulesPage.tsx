import { shallowRef } from 'vue';
import { component, h, view } from '../../core/jsx';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { FactorLevel, FactorRule, FactorRules } from '../../api/types';
import { RuleActions } from '../../rules/RuleActions';
import { moved } from '../../rules/rules';
import { EmptyState, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Choices } from '../../ui/inputs';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { FactorRuleForm } from './FactorRuleForm';
import { TryFactors } from './TryFactors';
import { factorRulesPath, kept, levels, replaceRules } from './rules';

/** Of whom a second factor is asked: the first rule that fits decides, and the level for all others. */
export const FactorRulesPage = component(() => {
  const answer = useQuery<FactorRules>(() => factorRulesPath);
  const editing = shallowRef<number | null>(null);
  const mayChange = () => may('sign-in-rules.manage');
  const change = (seen: FactorRules, rules: FactorRule[], level = seen.level) => replaceRules(seen, level, rules.map(kept));
  const setLevel = (seen: FactorRules, level: FactorLevel) => void act(() => change(seen, seen.rules, level), { changes: [factorRulesPath] });
  const move = (seen: FactorRules, from: number, to: number) => void act(() => change(seen, moved(seen.rules, from, to)), { changes: [factorRulesPath] });
  const remove = (seen: FactorRules, index: number) => confirm({
    title: t('rule.remove.title', { name: seen.rules[index]?.name ?? '' }), text: t('factor-rule.remove.text'), action: t('remove'), danger: true,
    work: () => change(seen, seen.rules.filter((_, place) => place !== index)),
  });
  const line = (seen: FactorRules, rule: FactorRule, index: number) => (
    <li key={`${index} ${rule.name}`}>
      <span class="count" aria-hidden="true">{index + 1}</span>
      <div class="grow"><b>{rule.name}</b><RuleWords rule={rule} /></div>
      {mayChange() && <RuleActions name={rule.name} index={index} count={seen.rules.length} onMove={(to) => move(seen, index, to)} onEdit={() => { editing.value = index; }} onRemove={() => void remove(seen, index)} />}
    </li>
  );
  const add = () => { editing.value = answer.data?.rules.length ?? null; };
  return () => (
    <Page title={t('page.factor-rules')} lead={t('factor-rules.lead')} narrow actions={() => mayChange() && <Button kind="primary" icon="plus" disabled={!answer.data} onClick={add}>{t('rule.new')}</Button>}>
      <Loaded answer={answer} show={(seen: FactorRules) => [
        <Section title={t('factor-level')}>
          <Choices name="level" label={t('factor-level.label')} value={[seen.level]} disabled={!mayChange()} onChange={(value) => setLevel(seen, (value[0] ?? 'all') as FactorLevel)} choices={levels.map((value) => ({ value, text: t(`factor-level.${value}`) }))} help={t(`factor-level.${seen.level}.help`)} />
        </Section>,
        seen.rules.length ? <ol class="list roomy section" aria-label={t('page.factor-rules')}>{seen.rules.map((rule, index) => line(seen, rule, index))}</ol> : (
          <EmptyState icon="shield-lock" title={t('rules.empty')} text={t('factor-rules.empty.text')} action={mayChange() ? t('rule.new') : undefined} onAction={add} />
        ),
        may('users.read') && <TryFactors />,
        editing.value !== null && <FactorRuleForm seen={seen} index={editing.value} onClose={() => { editing.value = null; }} />,
      ]} />
    </Page>
  );
});

/** A rule in words: whom it means, and what is asked of them. */
const RuleWords = view<{ rule: FactorRule }>((props) => {
  const { rule } = props;
  const who = rule.everyone ? [t('sign-in-rule.everyone')] : rule.who.map((one) => one.name || t('sign-in-rule.gone'));
  const conditions = [...rule.entrances.map((one) => t(`sign-in-entrance.${one}`)), ...rule.sources.map((network) => t('rule.from', { network })), ...rule.after.map((one) => t(`first-step.${one}`))];
  return [
    <div class="row"><small>{t('rule.when')}</small><span class="chips">{[...who, ...conditions].map((words) => <Tag key={words}>{words}</Tag>)}</span></div>,
    <div class="row">
      <small>{t('sign-in-rule.then')}</small>
      <span class="chips">
        <Tag tone={rule.action === 'require' ? 'good' : 'wait'}>{t(`factor-action.${rule.action}`)}</Tag>
        {rule.factors.map((one) => <Tag key={one}>{t(`factor.${one}`)}</Tag>)}
        {rule.always && <Tag>{t('factor-rule.always')}</Tag>}
        {!rule.enabled && <Tag tone="wait">{t('state.disabled')}</Tag>}
      </span>
    </div>,
  ];
});
