import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Ticket } from '../../api/types';
import { StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextArea } from '../../ui/inputs';
import { RiskTag } from './ApprovalPath';
import { ticketChanges } from './changes';
import { needsComment, needsPasskey, sendDecision } from './sendDecision';
import { targets } from './KindFacts';

/** The same answer to several requests. Each is still decided as it was read: one that has changed meanwhile is left, and says so. */
export const BulkDecide = component<{ tickets: Ticket[]; onClose: () => void; onDone: () => void }>((props) => {
  const comment = ref('');
  const busy = ref<'approved' | 'rejected' | null>(null);
  const results = shallowRef<Record<string, 'done' | Problem>>({});
  const left = () => props.tickets.filter((ticket) => results.value[ticket.id] !== 'done');
  const missing = ref<'approved' | 'rejected' | null>(null);
  const decide = async (outcome: 'approved' | 'rejected') => {
    // Asked once for all of them.
    missing.value = !comment.value.trim() && left().some((ticket) => needsComment(ticket, outcome)) ? outcome : null;
    if (missing.value) {
      document.getElementById('bulk-comment')?.focus();
      return;
    }
    busy.value = outcome;
    for (const ticket of left()) {
      try {
        // A tap is given to one request at a time, on its own page.
        if (outcome === 'approved' && needsPasskey(ticket)) throw new Problem('ticket-needs-passkey', 409);
        if (!ticket.mayDecide) throw new Problem('not-your-decision', 403);
        await sendDecision(ticket, outcome, comment.value.trim(), {});
        results.value = { ...results.value, [ticket.id]: 'done' };
      } catch (error) {
        results.value = { ...results.value, [ticket.id]: Problem.wrap(error) };
      }
    }
    busy.value = null;
    invalidate(...ticketChanges);
    if (left().length) return;
    toast(t('bulk.done', { count: props.tickets.length }));
    props.onDone();
  };
  const outcome = (ticket: Ticket) => {
    const result = results.value[ticket.id];
    if (!result) return <RiskTag risk={ticket.risk} />;
    return result === 'done' ? <StateTag state="success" /> : <span class="bad-text">{result.heading}</span>;
  };
  return () => (
    <Dialog
      wide title={t('bulk.title', { count: props.tickets.length })} onClose={() => props.onClose()}
      footer={() => [
        <Button kind="danger" icon="x" busy={busy.value === 'rejected'} disabled={busy.value !== null} onClick={() => void decide('rejected')}>{t('bulk.reject')}</Button>,
        <Button kind="primary" icon="check" busy={busy.value === 'approved'} disabled={busy.value !== null} onClick={() => void decide('approved')}>{t('bulk.approve')}</Button>,
      ]}
    >
      <ul class="list">
        {props.tickets.map((ticket) => (
          <li key={ticket.id}><div class="grow"><b>#{ticket.number} {ticket.requester.name}</b><small>{targets(ticket)} · {ticket.reason}</small></div>{outcome(ticket)}</li>
        ))}
      </ul>
      <TextArea name="bulk-comment" label={t('decide.comment')} optional={!missing.value} value={comment.value} onInput={(value) => { comment.value = value; missing.value = null; }} rows={2} error={missing.value ? t(missing.value === 'approved' ? 'bulk.why.approved' : 'bulk.why.rejected') : undefined} />
    </Dialog>
  );
});
