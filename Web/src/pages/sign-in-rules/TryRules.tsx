import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { fromLocalInput } from '../../core/time';
import type { TriedSignIn, User } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { ProblemNote } from '../../ui/ProblemNote';
import { clock, days } from './rules';

/** Says how a sign-in would be decided; nothing comes of it. */
export const TryRules = component(() => {
  const who = shallowRef<Picked[]>([]);
  const address = ref('');
  const time = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const answer = shallowRef<TriedSignIn | null>(null);
  const run = async () => {
    if (!who.value[0] || busy.value) return;
    busy.value = true;
    problem.value = null;
    answer.value = null;
    try {
      answer.value = await api.post<TriedSignIn>('/sign-in-rules/try', { user: who.value[0].id, address: address.value.trim(), at: fromLocalInput(time.value) });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const said = (one: TriedSignIn) => (
    <p class="test-outcome" role="status">
      {t(one.ruleName ? 'sign-in-rule.try.rule' : 'sign-in-rule.try.none', { action: t(`sign-in-action.${one.action}`), name: one.ruleName ?? '', day: days('long')[one.weekday - 1] ?? '', time: clock(one.minute) })}
    </p>
  );
  return () => (
    <Section title={t('sign-in-rule.try')}>
      <form onSubmit={(event: Event) => { event.preventDefault(); void run(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={['address']} />}
        <Picker one name="try-user" label={t('sign-in-rule.try.who')} value={who.value} onChange={(value) => { who.value = value; }} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
        <div class="fields-2">
          <TextInput name="try-address" label={t('sign-in-rule.try.address')} value={address.value} onInput={(value) => { address.value = value; }} error={problem.value?.field('address')} monospace />
          <TextInput name="try-time" label={t('sign-in-rule.try.time')} type="datetime-local" optional value={time.value} onInput={(value) => { time.value = value; }} />
        </div>
        <Button submit busy={busy.value} disabled={!who.value.length || !address.value.trim()}>{t('sign-in-rule.try.run')}</Button>
      </form>
      {answer.value && said(answer.value)}
    </Section>
  );
});
