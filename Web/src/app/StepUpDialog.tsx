import { ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { api } from '../core/client';
import { t } from '../core/i18n';
import { Problem } from '../core/problem';
import { loadSession } from '../core/session';
import { pendingStepUp } from '../core/step-up';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ProblemNote } from '../ui/ProblemNote';
import { TextInput } from '../ui/inputs';

/** Asks for a code before something sensitive goes on. */
export const StepUpDialog = component(() => {
  const code = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const confirm = async () => {
    busy.value = true;
    try {
      await api.json({ method: 'POST', path: '/me/step-up', body: { code: code.value.replace(/\s/g, '') }, quiet: true });
      pendingStepUp.value?.answer(true);
      void loadSession().catch(() => undefined);
    } catch (error) {
      problem.value = Problem.wrap(error);
      code.value = '';
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <Dialog
      title={t('step-up.title')} onClose={() => pendingStepUp.value?.answer(false)}
      footer={() => [
        <Button onClick={() => pendingStepUp.value?.answer(false)}>{t('cancel')}</Button>,
        <Button kind="primary" submit form="step-up-form" busy={busy.value} disabled={code.value.replace(/\s/g, '').length < 6}>{t('step-up.confirm')}</Button>,
      ]}
    >
      <form id="step-up-form" onSubmit={(event: Event) => { event.preventDefault(); void confirm(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={['code']} />}
        <p class="confirm-text">{t('step-up.text')}</p>
        <TextInput name="step-up-code" label={t('code.totp')} value={code.value} onInput={(value) => { code.value = value; }} inputmode="numeric" autocomplete="one-time-code" monospace autofocus error={problem.value?.field('code')} />
      </form>
    </Dialog>
  );
});
