import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import type { SmsGateway, SmsTest } from '../../api/types';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextInput } from '../../ui/inputs';

/** Has a code sent that opens nothing, and shows what the gateway said. */
export const GatewayTest = component<{ gateway: SmsGateway; onClose: () => void }>((props) => {
  const number = ref('');
  const busy = ref(false);
  const outcome = shallowRef<SmsTest | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const send = async () => {
    if (busy.value) return;
    busy.value = true;
    outcome.value = problem.value = null;
    try {
      outcome.value = await api.post<SmsTest>(at`/sms-gateways/${props.gateway.id}/test`, { number: number.value.trim() });
      invalidate('/sms-gateways');
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <Dialog
      title={t('sms.test.title', { name: props.gateway.name })} onClose={props.onClose}
      footer={() => [
        <Button onClick={props.onClose}>{t('close')}</Button>,
        <Button kind="primary" icon="send" submit form="sms-test-form" busy={busy.value} disabled={!number.value.trim()}>{t('sms.test.send')}</Button>,
      ]}
    >
      <form id="sms-test-form" onSubmit={(event: Event) => { event.preventDefault(); void send(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={['number']} />}
        <p class="confirm-text">{t('sms.test.text')}</p>
        <TextInput name="sms-test-number" type="tel" label={t('sms.number')} value={number.value} onInput={(value) => { number.value = value; }} error={problem.value?.field('number')} help={t('sms.number.help')} monospace autofocus />
        {outcome.value && (
          <div class={['note', outcome.value.taken ? 'good' : 'danger']} role="status" data-testid="sms-test-outcome">
            <Icon name={outcome.value.taken ? 'circle-check' : 'alert-triangle'} />
            <div><strong>{t(outcome.value.taken ? 'sms.test.taken' : 'sms.test.refused')}</strong><p>{outcome.value.taken ? t('sms.test.taken.text') : tSaid(outcome.value.words)}</p></div>
          </div>
        )}
      </form>
    </Dialog>
  );
});
