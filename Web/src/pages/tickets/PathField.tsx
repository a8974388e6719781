import { onBeforeUnmount, shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tField, type Key } from '../../core/i18n';
import { Problem } from '../../core/problem';
import type { PathPreview } from '../../api/types';
import { PathShown } from './ApprovalPath';

/** The fields of the form, as what is refused names them. */
const titles: Record<string, Key> = {
  assets: 'ticket.assets', accounts: 'ticket.accounts', startsAt: 'ticket.starts', durationSeconds: 'ticket.duration', 'content/role': 'role-request.role', 'content/organization': 'role-request.where',
  'content/durationSeconds': 'role-request.hours', 'content/subject': 'ticket.words',
};

const refusal = (problem: Problem) => [
  <p class="bad-text">{[problem.heading, ...problem.words].join(': ')}</p>,
  problem.errors.map((error) => {
    const title = Object.entries(titles).find(([name]) => error.pointer === `/${name}` || error.pointer.startsWith(`/${name}/`))?.[1];
    return <p class="bad-text">{title ? t(title) : <code>{error.pointer}</code>}: {tField(error.message)}</p>;
  }),
];

/** Who would decide what stands in a form now; asked a moment after the last change. */
export const PathField = component<{ body: () => Record<string, unknown> | null }>((props) => {
  const path = shallowRef<PathPreview | Problem | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const look = async () => {
    const number = ++asked;
    const body = props.body();
    const answer = body && (await api.json<PathPreview>({ method: 'POST', path: '/tickets/preview', body, quiet: true }).catch((error: unknown) => Problem.wrap(error)));
    if (number === asked) path.value = answer;
  };
  watch(() => JSON.stringify(props.body()), () => { clearTimeout(timer); timer = setTimeout(() => void look(), 350); }, { immediate: true });
  onBeforeUnmount(() => { clearTimeout(timer); asked += 1; });
  return () => path.value && (
    <div class="field" aria-live="polite">
      <span class="label">{t('requests.path')}</span>
      {path.value instanceof Problem ? refusal(path.value) : <PathShown path={path.value} />}
    </div>
  );
});
