import { h, view } from '../core/jsx';
import { t, tField } from '../core/i18n';
import type { Problem } from '../core/problem';
import { Icon } from './Icon';

/** What was refused and why, above a form; errors of fields that the form shows itself are left to them. */
export const ProblemNote = view<{ problem: Problem; heading?: string; known?: string[] }>((props) => {
  const { problem } = props;
  const own = (pointer: string) => !!props.known?.some((name) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  const rest = problem.errors.filter((error) => !own(error.pointer));
  return (
    <div class="note danger" role="alert">
      <Icon name="alert-triangle" />
      <div>
        <strong>{props.heading ?? problem.heading}</strong>
        {problem.words.map((words) => <p>{words}</p>)}
        {rest.length > 0 && <ul>{rest.map((error) => <li><code>{error.pointer}</code> {tField(error.message)}</li>)}</ul>}
        {problem.traceId && problem.status >= 500 && <p class="trace">{t('error.trace')} <code>{problem.traceId}</code></p>}
      </div>
    </div>
  );
});
