import { h, view } from '../core/jsx';
import { clock } from '../core/time';
import type { Hit, Timeline } from './timeline';

/** Commands, policy events and search hits under the time bar; each is a way to its moment. */
export const Lane = view<{ timeline: Timeline; hits: Hit[]; onSeek: (time: number) => void }>((props) => {
  const { timeline } = props;
  const place = (time: number) => `${timeline.duration ? (time / timeline.duration) * 100 : 0}%`;
  const button = (time: number, kind: string, text: string, key: string) => (
    <button type="button" key={key} class={kind} style={{ left: place(time) }} title={`${clock(time)}  ${text}`} aria-label={`${clock(time)} ${text}`} tabindex="-1" onClick={() => props.onSeek(time)} />
  );
  return (
    <div class="lane">
      {timeline.idle().map((span) => <div class="idle" key={span.from} style={{ left: place(span.from), width: place(span.to - span.from) }} />)}
      {timeline.marks.map((mark, index) => button(mark.at, mark.kind === 'policy' ? 'policy' : mark.verdict === 'deny' ? 'deny' : 'command', mark.text, `mark-${index}`))}
      {props.hits.map((hit, index) => button(hit.at, 'hit', hit.text, `hit-${index}`))}
    </div>
  );
});
