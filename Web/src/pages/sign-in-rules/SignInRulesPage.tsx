import { shallowRef } from 'vue';
import { component, h, view } from '../../core/jsx';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { SignInAction, SignInRule, SignInRules } from '../../api/types';
import { RuleActions } from '../../rules/RuleActions';
import { moved } from '../../rules/rules';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { SignInRuleForm } from './SignInRuleForm';
import { TryRules } from './TryRules';
import { hoursText, kept, replaceRules, rulesPath } from './rules';

const tones: Record<SignInAction, 'good' | 'bad' | 'wait'> = { allow: 'good', deny: 'bad', notify: 'good', review: 'wait' };

/** Who may sign in, from where and when: the first rule that fits decides. */
export const SignInRulesPage = component(() => {
  const answer = useQuery<SignInRules>(() => rulesPath);
  const editing = shallowRef<number | null>(null);
  const change = (seen: SignInRules, rules: SignInRule[]) => replaceRules(seen, rules.map(kept));
  const move = (seen: SignInRules, from: number, to: number) => void act(() => change(seen, moved(seen.rules, from, to)), { changes: [rulesPath] });
  const remove = (seen: SignInRules, index: number) => confirm({
    title: t('rule.remove.title', { name: seen.rules[index]?.name ?? '' }), text: t('sign-in-rule.remove.text'), action: t('remove'), danger: true,
    work: () => change(seen, seen.rules.filter((_, place) => place !== index)),
  });
  const line = (seen: SignInRules, rule: SignInRule, index: number) => (
    <li key={rule.id ?? index}>
      <span class="count" aria-hidden="true">{index + 1}</span>
      <div class="grow"><b>{rule.name}</b><RuleWords rule={rule} /></div>
      {may('sign-in-rules.manage') && <RuleActions name={rule.name} index={index} count={seen.rules.length} onMove={(to) => move(seen, index, to)} onEdit={() => { editing.value = index; }} onRemove={() => void remove(seen, index)} />}
    </li>
  );
  const add = () => { editing.value = answer.data?.rules.length ?? null; };
  return () => (
    <Page title={t('page.sign-in-rules')} lead={t('sign-in-rules.lead')} narrow actions={() => may('sign-in-rules.manage') && <Button kind="primary" icon="plus" disabled={!answer.data} onClick={add}>{t('rule.new')}</Button>}>
      <Loaded answer={answer} show={(seen: SignInRules) => [
        seen.rules.length ? <ol class="list roomy section" aria-label={t('page.sign-in-rules')}>{seen.rules.map((rule, index) => line(seen, rule, index))}</ol> : (
          <EmptyState icon="shield-lock" title={t('rules.empty')} text={t('sign-in-rules.empty.text')} action={may('sign-in-rules.manage') ? t('rule.new') : undefined} onAction={add} />
        ),
        may('users.read') && seen.rules.length > 0 && <TryRules />,
        editing.value !== null && <SignInRuleForm seen={seen} index={editing.value} onClose={() => { editing.value = null; }} />,
      ]} />
    </Page>
  );
});

/** A rule in words: whom it means, and what becomes of them. */
const RuleWords = view<{ rule: SignInRule }>((props) => {
  const { rule } = props;
  const names = (members: SignInRule['who']) => members.map((one) => one.name || t('sign-in-rule.gone'));
  const who = rule.everyone ? [t('sign-in-rule.everyone')] : names(rule.who);
  const conditions = [...rule.sources.map((network) => t('rule.from', { network })), ...rule.hours.map(hoursText)];
  return [
    <div class="row"><small>{t('rule.when')}</small><span class="chips">{[...who, ...conditions].map((words) => <Tag key={words}>{words}</Tag>)}</span></div>,
    <div class="row">
      <small>{t('sign-in-rule.then')}</small>
      <span class="chips">
        <Tag tone={tones[rule.action]}>{t(`sign-in-action.${rule.action}`)}</Tag>
        {names(rule.asked).map((name) => <Tag key={name}>{name}</Tag>)}
        {!rule.enabled && <Tag tone="wait">{t('state.disabled')}</Tag>}
      </span>
    </div>,
  ];
});
