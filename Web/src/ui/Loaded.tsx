import { component, h } from '../core/jsx';
import type { Answer } from '../core/query';
import { ErrorState, Skeleton } from './bits';

/** What an answer looks like before it is there, when it failed, and then. */
export const Loaded = component<{ answer: Answer<unknown>; show: (data: never) => unknown; lines?: number }>((props) => () => {
  if (props.answer.data !== undefined) return props.show(props.answer.data as never) as never;
  if (props.answer.problem) return <ErrorState problem={props.answer.problem} retry={() => void props.answer.reload()} />;
  return <Skeleton lines={props.lines} />;
});
