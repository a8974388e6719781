import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { duration } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Ticket } from '../../api/types';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Choices, TextArea } from '../../ui/inputs';
import { ProblemNote } from '../../ui/ProblemNote';
import { narrowings } from './windows';
import { ticketChanges } from './TicketPage';

/** Approve, perhaps less than was asked, or reject. The digest says which text was looked at: a changed request refuses the answer. */
export const Decide = component<{ ticket: Ticket }>((props) => {
  const steps = narrowings(props.ticket.durationSeconds);
  const step = ref(steps.length - 1);
  const accounts = shallowRef(props.ticket.accounts);
  const comment = ref('');
  const busy = ref<'approved' | 'rejected' | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const decide = async (outcome: 'approved' | 'rejected') => {
    const { ticket } = props;
    const narrowed = outcome === 'approved' && step.value < steps.length - 1;
    const fewer = outcome === 'approved' && accounts.value.length < ticket.accounts.length;
    busy.value = outcome;
    problem.value = null;
    try {
      await api.post(at`/tickets/${ticket.id}/decision`, {
        outcome, comment: comment.value.trim(), digest: ticket.digest,
        ...(narrowed ? { durationSeconds: steps[step.value] } : {}), ...(fewer ? { accounts: accounts.value } : {}),
      });
      toast(t(outcome === 'approved' ? 'decide.approved' : 'decide.rejected', { number: ticket.number }), { action: { text: t('page.inbox'), to: '/inbox' } });
      invalidate(...ticketChanges);
    } catch (error) {
      problem.value = Problem.wrap(error);
      if (problem.value.status === 409) invalidate(...ticketChanges);
    } finally {
      busy.value = null;
    }
  };
  return () => (
    <form class="decide-form" onSubmit={(event: Event) => event.preventDefault()}>
      {problem.value && <ProblemNote problem={problem.value} known={['comment']} />}
      {steps.length > 1 && (
        <Field name="narrow" label={t('decide.duration', { duration: duration(steps[step.value] ?? 0) })} help={step.value < steps.length - 1 ? t('decide.narrowed', { duration: duration(props.ticket.durationSeconds) }) : undefined}>
          <input
            id="narrow" class="range" type="range" min="0" max={steps.length - 1} step="1" value={step.value} aria-valuetext={duration(steps[step.value] ?? 0)}
            onInput={(event: InputEvent) => { step.value = Number((event.target as HTMLInputElement).value); }}
          />
        </Field>
      )}
      {props.ticket.accounts.length > 1 && <Choices many name="narrow-accounts" label={t('ticket.accounts')} value={accounts.value} choices={props.ticket.accounts.map((name) => ({ value: name, text: name }))} onChange={(value) => { if (value.length) accounts.value = value; }} />}
      <TextArea name="comment" label={t('decide.comment')} optional value={comment.value} onInput={(value) => { comment.value = value; }} rows={2} error={problem.value?.field('comment')} />
      <div class="decide">
        <Button kind="primary" icon="check" busy={busy.value === 'approved'} disabled={busy.value !== null} onClick={() => void decide('approved')}>{t('decide.approve')}</Button>
        <Button kind="danger" icon="x" busy={busy.value === 'rejected'} disabled={busy.value !== null} onClick={() => void decide('rejected')}>{t('decide.reject')}</Button>
      </div>
    </form>
  );
});
