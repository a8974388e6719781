import { nextTick, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tSaid } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { me } from '../../core/session';
import type { MailTestOutcome } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextInput } from '../../ui/inputs';

/** Has a letter sent through the server that is saved, and shows what that server said. */
export const MailTest = component<{ isChanged: boolean }>((props) => {
  const to = ref(me.value?.user.email ?? '');
  const busy = ref(false);
  const outcome = shallowRef<MailTestOutcome | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const box = ref<HTMLElement>();
  const send = async () => {
    busy.value = true;
    outcome.value = problem.value = null;
    try {
      outcome.value = await api.post<MailTestOutcome>('/settings/mail-server/test', { to: to.value.trim() });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
      // The foot of the form must not lie on what was asked for.
      await nextTick();
      box.value?.scrollIntoView({ block: 'center' });
    }
  };
  // It stands inside of the form of the settings, whose Enter saves: here it sends.
  const onKeydown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (to.value.trim() && !props.isChanged && !busy.value) void send();
  };
  return () => (
    <section ref={box} class="card mail-test" aria-label={t('mail-test.title')} onKeydown={onKeydown}>
      <h2>{t('mail-test.title')}</h2>
      {problem.value && <ProblemNote problem={problem.value} known={['to']} />}
      <div class="add-row">
        <TextInput name="mail-test-to" type="email" label={t('mail-test.to')} value={to.value} onInput={(value) => { to.value = value; }} error={problem.value?.field('to')} help={props.isChanged ? t('mail-test.save-first') : undefined} />
        <Button icon="send" busy={busy.value} disabled={props.isChanged || !to.value.trim()} onClick={() => void send()}>{t('mail-test.send')}</Button>
      </div>
      {outcome.value && (
        <div class={['note', outcome.value.isTaken ? 'good' : 'danger']} role="status" data-testid="mail-test-outcome">
          <Icon name={outcome.value.isTaken ? 'circle-check' : 'alert-triangle'} />
          <div><strong>{t(outcome.value.isTaken ? 'mail-test.taken' : 'mail-test.refused', { server: outcome.value.server })}</strong><p>{outcome.value.isTaken ? t('mail-test.taken.text', { address: to.value.trim() }) : tSaid(outcome.value.error ?? '')}</p></div>
        </div>
      )}
    </section>
  );
});
