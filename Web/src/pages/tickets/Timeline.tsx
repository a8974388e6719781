import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import type { Page, TimelineEntry } from '../../api/types';
import { Button } from '../../ui/Button';
import { RelativeTime } from '../../ui/bits';
import { Loaded } from '../../ui/Loaded';
import { TextArea } from '../../ui/inputs';

const tones: Record<string, string> = { approved: 'good', rejected: 'bad', expired: 'bad', withdrawn: 'bad', opened: 'wait' };

/** What happened to a request, and a place to say something. */
export const Timeline = component<{ ticket: string; open: boolean }>((props) => {
  const answer = useQuery<Page<TimelineEntry>>(() => at`/tickets/${props.ticket}/timeline`);
  const text = ref('');
  const busy = ref(false);
  const send = async () => {
    if (!text.value.trim() || busy.value) return;
    busy.value = true;
    const done = await act(() => api.post(at`/tickets/${props.ticket}/comments`, { text: text.value.trim() }), { changes: [at`/tickets/${props.ticket}`] });
    busy.value = false;
    if (done) text.value = '';
  };
  const line = (entry: TimelineEntry) => {
    const kind = entry.kind ?? entry.action ?? '';
    const words = entry.text ?? entry.comment;
    return (
      <li class={tones[kind]}>
        <span><b>{entry.user?.name ?? entry.actor?.name ?? t('timeline.system')}</b> {tKnown(`timeline.${kind}`, kind)}{entry.channel && entry.channel !== 'portal' ? ` (${tKnown(`via.${entry.channel}`, entry.channel)})` : ''}</span>
        <small><RelativeTime time={entry.at} /></small>
        {words && <blockquote>{words}</blockquote>}
      </li>
    );
  };
  return () => (
    <div>
      <Loaded answer={answer} show={(page: Page<TimelineEntry>) => <ol class="timeline">{page.items.map(line)}</ol>} />
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
