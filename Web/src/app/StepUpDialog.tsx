import { ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { api } from '../core/client';
import type { FaceCapture } from '../core/face';
import { t } from '../core/i18n';
import { hasPasskeys, usePasskey, type PasskeyRequest } from '../core/passkey';
import { Problem } from '../core/problem';
import { loadSession, me } from '../core/session';
import { pendingStepUp } from '../core/step-up';
import type { SentCode } from '../api/types';
import { codeLabel, sentCodes } from '../pages/sign-in/CodeStep';
import { MailedCode } from '../pages/sign-in/MailedCode';
import { FaceCheck } from '../pages/sign-in/FaceCheck';
import { RadiusAnswer } from '../pages/sign-in/RadiusAnswer';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { ProblemNote } from '../ui/ProblemNote';
import { TextInput } from '../ui/inputs';

/** Asks for a code, of the app or from the mailbox, or a passkey before something sensitive goes on. */
export const StepUpDialog = component(() => {
  const code = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    busy.value = true;
    problem.value = null;
    try {
      await work();
      pendingStepUp.value?.answer(true);
      void loadSession().catch(() => undefined);
    } catch (error) {
      problem.value = Problem.wrap(error);
      code.value = '';
    } finally {
      busy.value = false;
    }
  };
  const confirm = () => attempt(() => api.json({ method: 'POST', path: '/me/step-up', body: { code: code.value.replace(/\s/g, '') }, quiet: true }));
  const byPasskey = () => attempt(async () => {
    const options = await api.post<PasskeyRequest>('/me/step-up/passkey/options', undefined, true);
    await api.post('/me/step-up/passkey', { credential: await usePasskey(options) }, true);
  });
  const byFace = (code: string) => attempt(() => api.post('/me/step-up/face/confirm', { code }, true));
  const prompt = ref('');
  const byRadius = async (answer: string) => {
    busy.value = true;
    problem.value = null;
    try {
      prompt.value = (await api.post<{ prompt: string | null }>('/me/step-up/radius', { answer }, true)).prompt ?? '';
      if (!prompt.value) { pendingStepUp.value?.answer(true); void loadSession().catch(() => undefined); }
    } catch (error) {
      problem.value = Problem.wrap(error);
      prompt.value = '';
    } finally {
      busy.value = false;
    }
  };
  /** Nobody asked for one so far: from now on it is asked, and the way in is where it is set up. */
  const want = () => attempt(async () => {
    await api.post('/me/second-factor', undefined, true);
    location.assign('/sign-in');
  });
  return () => {
    const factors = me.value?.factors ?? ['authenticator'];
    const hasApp = factors.includes('authenticator');
    const channels = sentCodes(factors);
    const takesCode = hasApp || channels.length > 0;
    const takesRadius = factors.includes('radius');
    const takesFace = factors.includes('face');
    const hasNone = !factors.length;
    const takesPasskey = factors.includes('passkey') && hasPasskeys;
    return (
      <Dialog
        title={t('step-up.title')} onClose={() => pendingStepUp.value?.answer(false)}
        footer={() => [
          <Button onClick={() => pendingStepUp.value?.answer(false)}>{t('cancel')}</Button>,
          hasNone && <Button kind="primary" busy={busy.value} onClick={() => void want()}>{t('step-up.set-up')}</Button>,
          takesPasskey && <Button kind={takesCode ? 'plain' : 'primary'} icon="key" busy={busy.value && !takesCode} disabled={busy.value} autofocus={!takesCode} onClick={() => void byPasskey()}>{t('passkey.use')}</Button>,
          takesCode && <Button kind="primary" submit form="step-up-form" busy={busy.value} disabled={code.value.replace(/\s/g, '').length < 6}>{t('step-up.confirm')}</Button>,
        ]}
      >
        <form id="step-up-form" onSubmit={(event: Event) => { event.preventDefault(); void confirm(); }}>
          {problem.value && <ProblemNote problem={problem.value} known={['code']} />}
          <p class="confirm-text">{t(hasNone ? 'step-up.none' : takesCode ? 'step-up.text' : takesPasskey ? 'step-up.passkey' : takesRadius ? 'step-up.radius' : 'step-up.face')}</p>
          {channels.map((by) => <MailedCode key={by} by={by} send={() => (by === 'email' ? api.post<SentCode>('/me/email-code', undefined, true) : api.post<SentCode>('/me/sms-code', {}, true))} disabled={busy.value} />)}
          {takesCode && <TextInput name="step-up-code" label={t(codeLabel(factors))} value={code.value} onInput={(value) => { code.value = value; }} inputmode="numeric" autocomplete="one-time-code" monospace autofocus error={problem.value?.field('code')} />}
        </form>
        {takesFace && <FaceCheck begin={() => api.post<FaceCapture>('/me/step-up/face', undefined, true)} onCode={byFace} busy={busy.value} only={!takesCode && !takesPasskey && !takesRadius} />}
        {takesRadius && <RadiusAnswer key={prompt.value} prompt={prompt.value} busy={busy.value} only={!takesCode && !takesPasskey} onSubmit={byRadius} />}
      </Dialog>
    );
  };
});
