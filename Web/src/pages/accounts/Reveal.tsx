import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { copySecret } from '../../core/clipboard';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextArea } from '../../ui/inputs';

const shownSeconds = 30;

interface RevealProps {
  name: string;
  /** What is asked for the secret. */
  path: string;
  /** Whether the person has to say why; who asked for it has said so before. */
  asksWhy?: boolean;
  text: string;
  onClose: () => void;
}

/** Shows a secret for half a minute, after a reason and a second factor; leaving takes it off the page. */
export const Reveal = component<RevealProps>((props) => {
  const reason = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const secret = ref('');
  const left = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;
  let isGone = false;
  const hide = () => { clearInterval(timer); secret.value = ''; };
  onBeforeUnmount(() => { isGone = true; hide(); });
  const show = async () => {
    busy.value = true;
    problem.value = null;
    try {
      const answer = await api.post<{ secret: string }>(props.path, props.asksWhy ? { reason: reason.value.trim() } : undefined);
      // Whoever has closed it meanwhile, such as while a second factor was asked for, wants nothing on the page.
      if (isGone) return;
      secret.value = answer.secret;
      left.value = shownSeconds;
      timer = setInterval(() => { left.value -= 1; if (left.value <= 0) { hide(); props.onClose(); } }, 1000);
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const isReady = () => !props.asksWhy || !!reason.value.trim();
  return () => (
    <Dialog
      title={t('reveal.title', { name: props.name })} onClose={props.onClose}
      footer={() => secret.value
        ? [<Button icon="copy" onClick={() => void copySecret(secret.value)}>{t('reveal.copy')}</Button>, <Button kind="primary" onClick={props.onClose}>{t('reveal.hide')}</Button>]
        : [<Button onClick={props.onClose}>{t('cancel')}</Button>, <Button kind="primary" submit form="reveal-form" busy={busy.value} disabled={!isReady()}>{t('reveal.show')}</Button>]}
    >
      {secret.value ? (
        <div>
          <div class="secret"><pre data-testid="secret">{secret.value}</pre></div>
          <div class="countdown" aria-hidden="true"><div style={{ width: `${(left.value / shownSeconds) * 100}%` }} /></div>
          <p class="soft">{t('reveal.left', { seconds: left.value })}</p>
        </div>
      ) : (
        <form id="reveal-form" onSubmit={(event: Event) => { event.preventDefault(); if (isReady()) void show(); }}>
          {problem.value && <ProblemNote problem={problem.value} known={['reason']} />}
          <p class="confirm-text">{props.text}</p>
          {props.asksWhy && <TextArea name="reveal-reason" label={t('reveal.reason')} value={reason.value} onInput={(value) => { reason.value = value; }} rows={2} autofocus error={problem.value?.field('reason')} />}
        </form>
      )}
    </Dialog>
  );
});
