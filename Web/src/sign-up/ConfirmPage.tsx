import { ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { api } from '../core/client';
import { t } from '../core/i18n';
import { Problem } from '../core/problem';
import { route } from '../core/router';
import type { SignUpOutcome } from '../api/types';
import { EmptyState } from '../ui/bits';
import { Button } from '../ui/Button';
import { ProblemNote } from '../ui/ProblemNote';

/** `/confirm#token=…`: a person presses the button, so that a scanner of mails that follows links confirms nothing. */
export const ConfirmPage = component(() => {
  const token = new URLSearchParams(route.hash.slice(1)).get('token') ?? '';
  history.replaceState(history.state, '', '/confirm');
  const outcome = shallowRef<SignUpOutcome | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const confirm = async () => {
    busy.value = true;
    problem.value = null;
    try {
      outcome.value = await api.post<SignUpOutcome>('/sign-up/confirm', { token });
      if (outcome.value.invitationUrl) location.assign(outcome.value.invitationUrl);
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => {
    if (outcome.value?.state === 'waiting') return <EmptyState icon="clock" title={t('sign-up.waiting', { company: outcome.value.company })} text={t('sign-up.waiting.text')} />;
    if (outcome.value) return <EmptyState icon="circle-check" title={t('sign-up.made', { company: outcome.value.company })} text={t('sign-up.made.text')} />;
    if (!token || problem.value?.kind === 'sign-up-over') return <EmptyState icon="ticket" title={t('sign-up.over')} text={t('sign-up.over.text')} action={t('sign-up.title')} to="/" />;
    return (
      <div>
        <h1>{t('sign-up.confirm.title')}</h1>
        <p class="lead">{t('sign-up.confirm.lead')}</p>
        {problem.value && <ProblemNote problem={problem.value} known={[]} />}
        <Button kind="primary" busy={busy.value} onClick={() => void confirm()}>{t('sign-up.confirm')}</Button>
      </div>
    );
  };
});
