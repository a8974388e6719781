import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { duration } from '../../core/time';
import { actionName } from '../../core/names';
import { useQuery } from '../../core/query';
import type { Comment, Decision, List, Ticket, TicketChange } from '../../api/types';
import { Button } from '../../ui/Button';
import { RelativeTime } from '../../ui/bits';
import { Loaded } from '../../ui/Loaded';
import { TextArea } from '../../ui/inputs';
import { peopleNames } from './ApprovalPath';
import { happenings, type Happening } from './happenings';

const tones: Record<string, string> = { approved: 'good', granted: 'good', rejected: 'bad', refused: 'bad', expired: 'bad', withdrawn: 'bad', opened: 'wait', escalated: 'wait', reminded: 'wait' };

const levelName = (one: Happening): string => one.stage?.name || t('path.level', { level: one.stage?.level ?? 1 });

/** What nobody did: time, or the answers before. */
const byItself = ['level-opened', 'reminded', 'escalated', 'granted', 'refused', 'expired'];

const words = (change: TicketChange, values: string[]): string => {
  if (change.label === 'duration') return values.map((value) => duration(Number(value))).join();
  if (change.label === 'actions') return values.map(actionName).join(', ');
  return values.join(', ');
};

/** Whose seat it was, what confirmed it, and what was taken away. */
const particulars = (one: Decision) => [
  one.onBehalfOf && <small>{t('path.on-behalf-of', { name: one.onBehalfOf.name })}</small>,
  one.hasProof && <small>{t('path.by-passkey')}</small>,
  ...one.changes.map((change) => <small class="change">{tKnown(`change.${change.label}`, change.label)}: <del>{words(change, change.before)}</del> <ins>{words(change, change.after)}</ins></small>),
];

/** What happened to a request, and a place to say something. */
export const Timeline = component<{ ticket: Ticket }>((props) => {
  const answer = useQuery<List<Comment>>(() => at`/tickets/${props.ticket.id}/comments`);
  const text = ref('');
  const busy = ref(false);
  const send = async () => {
    if (!text.value.trim() || busy.value) return;
    busy.value = true;
    const done = await act(() => api.post(at`/tickets/${props.ticket.id}/comments`, { text: text.value.trim() }), { changes: [at`/tickets/${props.ticket.id}`] });
    busy.value = false;
    if (done) text.value = '';
  };
  const line = (one: Happening) => (
    <li class={tones[one.kind]}>
      <span>
        {byItself.includes(one.kind) ? t(`timeline.${one.kind}`, { level: levelName(one) }) : [<b>{one.by?.name ?? t('timeline.system')}</b>, ' ', one.kind === 'reassigned' ? t('timeline.reassigned', { level: levelName(one), name: one.from?.name ?? '' }) : t(`timeline.${one.kind}`)]}
        {one.decision && props.ticket.levels > 1 && <span class="faint"> · {levelName(one)}</span>}{one.channel !== 'portal' && ` (${tKnown(`via.${one.channel}`, one.channel)})`}
      </span>
      {one.at && <small><RelativeTime time={one.at} /></small>}
      {one.decision && particulars(one.decision)}
      {!!one.people?.length && <small>{peopleNames(one.people)}</small>}
      {one.text && <blockquote>{one.text}</blockquote>}
    </li>
  );
  return () => (
    <div>
      <Loaded answer={answer} show={(comments: List<Comment>) => <ol class="timeline">{happenings(props.ticket, comments.items).map(line)}</ol>} />
      <form
        onSubmit={(event: Event) => { event.preventDefault(); void send(); }}
        onKeydown={(event: KeyboardEvent) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void send(); } }}
      >
        <TextArea name="comment-text" label={t('timeline.comment.label')} value={text.value} onInput={(value) => { text.value = value; }} rows={2} />
        <Button submit icon="send" busy={busy.value} disabled={!text.value.trim()}>{t('timeline.send')}</Button>
      </form>
    </div>
  );
});
