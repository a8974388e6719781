import { nextTick, onMounted, ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { listed, t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { absolute, duration } from '../../core/time';
import { actionName } from '../../core/names';
import { useQuery } from '../../core/query';
import { route } from '../../core/router';
import type { Ticket, TicketChange, TicketComments, TimelineEvent } from '../../api/types';
import { Button } from '../../ui/Button';
import { RelativeTime } from '../../ui/bits';
import { Loaded } from '../../ui/Loaded';
import { TextArea } from '../../ui/inputs';
import { peopleNames } from './ApprovalPath';
import { told, type Telling } from './happenings';
import { levelName } from './levels';

const tones: Record<string, string> = { approved: 'good', granted: 'good', rejected: 'bad', refused: 'bad', expired: 'bad', withdrawn: 'bad', opened: 'wait', escalated: 'wait', reminded: 'wait' };

/** What nobody did: time, or the answers before. */
const byItself: Telling[] = ['level-opened', 'reminded', 'escalated', 'granted', 'refused', 'expired'];

const words = (ticket: Ticket, change: TicketChange, values: string[]): string => {
  const form = ticket.facts.find((fact) => fact.label === change.label)?.form;
  if (change.label === 'duration' || form === 'seconds') return values.map((value) => duration(Number(value))).join();
  if (form === 'time') return values.map(absolute).join(', ');
  if (change.label === 'actions') return listed(values.map(actionName));
  return values.join(', ');
};

/** Whose seat it was, what confirmed it, and what was taken away. */
const particulars = (ticket: Ticket, one: TimelineEvent) => [
  one.onBehalfOf && <small>{t('path.on-behalf-of', { name: one.onBehalfOf.name })}</small>,
  one.hasProof && <small>{t('path.by-passkey')}</small>,
  ...one.changes.map((change) => <small class="change">{tKnown(`change.${change.label}`, tKnown(`ticket-fact.${change.label}`, change.label))}: <del>{words(ticket, change, change.before)}</del> <ins>{words(ticket, change, change.after)}</ins></small>),
];

/** What happened to a request, and a place to say something. */
export const Timeline = component<{ ticket: Ticket }>((props) => {
  const answer = useQuery<TicketComments>(() => at`/tickets/${props.ticket.id}/comments`);
  const text = ref('');
  const busy = ref(false);
  const send = async () => {
    if (!text.value.trim() || busy.value) return;
    busy.value = true;
    const done = await act(() => api.post(at`/tickets/${props.ticket.id}/comments`, { text: text.value.trim() }), { changes: [at`/tickets/${props.ticket.id}`] });
    busy.value = false;
    if (done) text.value = '';
  };
  const line = ({ kind, event: one }: { kind: Telling; event: TimelineEvent }) => (
    <li class={tones[kind]}>
      <span>
        {byItself.includes(kind) ? t(`timeline.${kind}`, { level: levelName(props.ticket, one) }) : [<b>{one.person?.name ?? t('timeline.system')}</b>, ' ', kind === 'reassigned' ? t('timeline.reassigned', { level: levelName(props.ticket, one), name: one.onBehalfOf?.name ?? '' }) : t(`timeline.${kind}`)]}
        {one.channel && props.ticket.levels > 1 && <span class="faint"> · {levelName(props.ticket, one)}</span>}{one.channel && one.channel !== 'portal' && ` (${tKnown(`via.${one.channel}`, one.channel)})`}
      </span>
      <small><RelativeTime time={one.at} /></small>
      {one.channel && particulars(props.ticket, one)}
      {!!one.people.length && <small>{peopleNames(one.people)}</small>}
      {one.text && kind !== 'opened' && <blockquote>{one.text}</blockquote>}
    </li>
  );
  // Cards at messengers that have no place for words lead here.
  onMounted(() => {
    if (route.hash === '#comment') void nextTick(() => document.querySelector<HTMLTextAreaElement>('[name="comment-text"]')?.focus());
  });
  return () => (
    <div>
      <Loaded answer={answer} show={(comments: TicketComments) => <ol class="timeline">{told(comments.events).map(line)}</ol>} />
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
