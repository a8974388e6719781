import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { listed, t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import type { FirstStep, SignInEntrance, TriedFactors, User } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Choices, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { ProblemNote } from '../../ui/ProblemNote';
import { entrances, firstSteps } from './rules';

/** Says what would be asked of somebody; nothing comes of it. */
export const TryFactors = component(() => {
  const who = shallowRef<Picked[]>([]);
  const address = ref('');
  const entrance = ref<SignInEntrance>('web');
  const after = ref<FirstStep>('password');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const answer = shallowRef<TriedFactors | null>(null);
  const run = async () => {
    if (!who.value[0] || busy.value) return;
    busy.value = true;
    problem.value = null;
    answer.value = null;
    try {
      answer.value = await api.post<TriedFactors>('/factor-rules/try', { user: who.value[0].id, address: address.value.trim(), entrance: entrance.value, after: after.value });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const said = (one: TriedFactors) => (
    <p class="test-outcome" role="status">
      {t(`factor-rule.try.${one.ask}`, { factors: listed(one.factors.map((factor) => t(`factor.${factor}`))) })}
      {' '}
      {one.ruleName ? t('factor-rule.try.rule', { name: one.ruleName }) : t('factor-rule.try.level', { level: t(`factor-level.${one.level}`) })}
    </p>
  );
  return () => (
    <Section title={t('sign-in-rule.try')}>
      <form onSubmit={(event: Event) => { event.preventDefault(); void run(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={['address']} />}
        <Picker one name="try-user" label={t('sign-in-rule.try.who')} value={who.value} onChange={(value) => { who.value = value; }} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
        <TextInput name="try-address" label={t('sign-in-rule.try.address')} value={address.value} onInput={(value) => { address.value = value; }} error={problem.value?.field('address')} monospace />
        <Choices name="try-entrance" label={t('factor-rule.entrances')} value={[entrance.value]} onChange={(value) => { entrance.value = (value[0] ?? 'web') as SignInEntrance; }} choices={entrances.map((value) => ({ value, text: t(`sign-in-entrance.${value}`) }))} />
        <Choices name="try-after" label={t('factor-rule.after')} value={[after.value]} onChange={(value) => { after.value = (value[0] ?? 'password') as FirstStep; }} choices={firstSteps.map((value) => ({ value, text: t(`first-step.${value}`) }))} />
        <Button submit busy={busy.value} disabled={!who.value.length || !address.value.trim()}>{t('sign-in-rule.try.run')}</Button>
      </form>
      {answer.value && said(answer.value)}
    </Section>
  );
});
