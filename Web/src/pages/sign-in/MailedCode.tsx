import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import type { Channel, SentCode } from '../../api/types';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';

/** Has a code sent to the mailbox or the telephone, and another one once that is allowed. `auto` sends the first by itself. */
export const MailedCode = component<{ by?: Channel; send: () => Promise<SentCode>; disabled?: boolean; auto?: boolean; onSent?: () => void }>((props) => {
  const sent = shallowRef<SentCode | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const seconds = ref(0);
  const tick = setInterval(() => { seconds.value = Math.max(0, seconds.value - 1); }, 1000);
  onBeforeUnmount(() => clearInterval(tick));
  const send = async () => {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      sent.value = await props.send();
      // By the server's own clock, whatever the one here says.
      seconds.value = 60;
      props.onSent?.();
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  if (props.auto) void send();
  return () => (
    <div class="mailed-code">
      {problem.value && <ProblemNote problem={problem.value} />}
      {sent.value && <p role="status">{t('code.mailed', { address: sent.value.sentTo })}</p>}
      <Button busy={busy.value} disabled={props.disabled || seconds.value > 0} onClick={() => void send()}>
        {seconds.value > 0 ? t('code.mail-again-in', { seconds: seconds.value }) : t(sent.value ? 'code.mail-again' : props.by === 'sms' ? 'code.sms' : 'code.mail')}
      </Button>
    </div>
  );
});
