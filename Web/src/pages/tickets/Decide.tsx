import { ref, shallowRef, type Ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { actionName } from '../../core/names';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { duration } from '../../core/time';
import { toast, toastProblem } from '../../core/toasts';
import type { Ticket } from '../../api/types';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Choices, TextArea } from '../../ui/inputs';
import { ProblemNote } from '../../ui/ProblemNote';
import { firstAction } from './ActionsField';
import { ticketChanges } from './changes';
import { lengthOf, takesFewer } from './narrowing';
import { commentWords } from './ApprovalPath';
import { needsComment, needsPasskey, sendDecision } from './sendDecision';
import { narrowings } from './windows';

/** Approve, perhaps less than was asked, or reject. The digest says which text was looked at: a changed request refuses the answer. */
export const Decide = component<{ ticket: Ticket; comment: Ref<string> }>((props) => {
  const length = lengthOf(props.ticket);
  const steps = length ? narrowings(length.seconds) : [];
  const step = ref(steps.length - 1);
  const accounts = shallowRef(props.ticket.accounts);
  const actions = shallowRef(props.ticket.actions);
  const assets = shallowRef(props.ticket.assets.map((one) => one.id));
  const { comment } = props;
  const busy = ref<'approved' | 'rejected' | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const missing = ref<'approved' | 'rejected' | null>(null);
  const decide = async (outcome: 'approved' | 'rejected') => {
    const { ticket } = props;
    missing.value = needsComment(ticket, outcome) && !comment.value.trim() ? outcome : null;
    if (missing.value) {
      document.getElementById('comment')?.focus();
      return;
    }
    const approves = outcome === 'approved';
    const narrowed = {
      ...(approves && length && step.value < steps.length - 1 ? length.less(steps[step.value] ?? length.seconds) : {}),
      ...(approves && accounts.value.length < ticket.accounts.length ? { accounts: accounts.value } : {}),
      ...(approves && actions.value.length < ticket.actions.length ? { actions: actions.value } : {}),
      ...(approves && assets.value.length < ticket.assets.length ? { assets: assets.value } : {}),
    };
    busy.value = outcome;
    problem.value = null;
    try {
      await sendDecision(ticket, outcome, comment.value.trim(), narrowed);
      toast(t(outcome === 'approved' ? 'decide.approved' : 'decide.rejected', { number: ticket.number }), { action: { text: t('page.inbox'), to: '/inbox' } });
      comment.value = '';
      invalidate(...ticketChanges);
    } catch (error) {
      problem.value = Problem.wrap(error);
      if (problem.value.status === 409) {
        // What has changed is shown anew, and this form with it: why stays in sight.
        toastProblem(error);
        invalidate(...ticketChanges);
      }
    } finally {
      busy.value = null;
    }
  };
  const fewer = (name: string, label: string, choices: { value: string; text: string }[], kept: Ref<string[]>, fixed?: string) => takesFewer(props.ticket) && choices.length > 1 && (
    <Choices many fixed={fixed} name={name} label={label} value={kept.value} choices={choices} onChange={(value) => { if (value.length) kept.value = value; }} />
  );
  const need = () => props.ticket.turn?.needsComment ?? 'never';
  return () => (
    <form class="decide-form" onSubmit={(event: Event) => event.preventDefault()}>
      {problem.value && <ProblemNote problem={problem.value} known={['comment']} />}
      {steps.length > 1 && (
        <Field
          name="narrow" label={t(props.ticket.kind === 'extension' ? 'decide.longer' : 'decide.duration', { duration: duration(steps[step.value] ?? 0) })}
          help={step.value < steps.length - 1 ? t('decide.narrowed', { duration: duration(length?.seconds ?? 0) }) : undefined}
        >
          <input
            id="narrow" class="range" type="range" min="0" max={steps.length - 1} step="1" value={step.value} aria-valuetext={duration(steps[step.value] ?? 0)}
            onInput={(event: InputEvent) => { step.value = Number((event.target as HTMLInputElement).value); }}
          />
        </Field>
      )}
      {fewer('narrow-accounts', t('ticket.accounts'), props.ticket.accounts.map((name) => ({ value: name, text: name })), accounts)}
      {fewer('narrow-actions', t('ticket.actions'), props.ticket.actions.map((name) => ({ value: name, text: actionName(name) })), actions, firstAction)}
      {fewer('narrow-assets', t('ticket.assets'), props.ticket.assets.map((one) => ({ value: one.id, text: one.name })), assets)}
      <TextArea name="comment" label={t('decide.comment')} optional={need() === 'never'} help={need() === 'never' ? undefined : commentWords(need())} value={comment.value} onInput={(value) => { comment.value = value; missing.value = null; }} rows={2} error={missing.value ? t(missing.value === 'approved' ? 'decide.why.approved' : 'decide.why.rejected') : problem.value?.field('comment')} />
      <div class="decide">
        <Button kind="primary" icon={needsPasskey(props.ticket) ? 'key' : 'check'} busy={busy.value === 'approved'} disabled={busy.value !== null} onClick={() => void decide('approved')}>{needsPasskey(props.ticket) ? t('decide.approve.passkey') : t('decide.approve')}</Button>
        <Button kind="danger" icon="x" busy={busy.value === 'rejected'} disabled={busy.value !== null} onClick={() => void decide('rejected')}>{t('decide.reject')}</Button>
      </div>
    </form>
  );
});
