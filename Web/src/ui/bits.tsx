import { component, h, view } from '../core/jsx';
import { t, tKnown, type Key } from '../core/i18n';
import { copy } from '../core/clipboard';
import { find, route } from '../core/router';
import { absolute, now, relative } from '../core/time';
import { Problem } from '../core/problem';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';
import { Link } from './Link';

type Tone = 'good' | 'bad' | 'wait' | 'live' | 'mute';

const tones: Record<string, Tone> = {
  active: 'good', enabled: 'good', approved: 'good', used: 'good', delivered: 'good', pinned: 'good', success: 'good', complete: 'good', allow: 'good', allowed: 'good',
  live: 'live', trial: 'wait', draining: 'wait', quarantined: 'bad', removed: 'mute', closing: 'bad', waiting: 'wait', asked: 'wait', consented: 'good', withdrawn: 'mute', suspended: 'bad', open: 'wait', pending: 'wait', seen: 'wait', warn: 'wait',
  rejected: 'bad', refused: 'bad', failed: 'bad', dead: 'bad', deny: 'bad', denied: 'bad', incomplete: 'bad', locked: 'bad', revoked: 'mute', disabled: 'mute',
};

/** A state in a word and a colour; the word alone is enough. */
export const StateTag = view<{ state: string }>((props) => (
  <span class={['tag', tones[props.state] ?? 'mute']}>{tKnown(`state.${props.state}`, props.state)}</span>
));

export const Tag = view<{ tone?: Tone }>((props, children) => <span class={['tag', props.tone ?? 'mute']}>{children()}</span>);

/** "3 minutes ago", exactly on hover. */
export const RelativeTime = view<{ time: string | null | undefined; none?: string }>((props) =>
  props.time ? <time datetime={props.time} title={absolute(props.time)}>{relative(props.time, now.value)}</time> : <span class="faint">{props.none ?? '–'}</span>);

/** An id that a click copies. */
export const CopyId = view<{ id: string; short?: boolean }>((props) => (
  <button type="button" class="copy-id" title={t('copy.id', { id: props.id })} onClick={() => copy(props.id)}>
    <code>{props.short ? `${props.id.slice(0, 4)}…${props.id.slice(-6)}` : props.id}</code><Icon name="copy" size={13} />
  </button>
));

/** A line to be copied into a terminal. */
export const CopyLine = view<{ text: string; label: string }>((props) => (
  <div class="copy-line">
    <code>{props.text}</code>
    <button type="button" class="icon-button" title={props.label} aria-label={props.label} onClick={() => copy(props.text)}><Icon name="copy" /></button>
  </div>
));

/** Nothing here yet, and what to do about it. */
export const EmptyState = view<{ icon?: IconName; title: string; /** There is nothing else on the page. */ whole?: boolean; text?: string; action?: string; onAction?: () => void; to?: string }>((props, children) => (
  <div class="empty">
    <Icon name={props.icon ?? 'search'} size={30} />
    {props.whole ? <h1>{props.title}</h1> : <h3>{props.title}</h3>}
    {props.text && <p>{props.text}</p>}
    {props.action && props.onAction && <Button kind="primary" onClick={props.onAction}>{props.action}</Button>}
    {props.action && props.to && <Link class="button primary" to={props.to}>{props.action}</Link>}
    {children()}
  </div>
));

/** What failed, with a way on and the id that the operator can look up. */
export const ErrorState = view<{ problem: Problem; retry?: () => void }>((props) => {
  const above = route.page?.parent ? find(route.page.parent)?.page : undefined;
  return (
    <div class="empty error" role="alert">
      <Icon name="alert-triangle" size={30} />
      <h3>{props.problem.heading}</h3>
      {props.problem.words.map((words) => <p>{words}</p>)}
      <div class="row">
        {props.retry && <Button icon="refresh" onClick={props.retry}>{t('retry')}</Button>}
        {above && <Link class="button quiet" to={above.path}>{t(above.title)}</Link>}
        <Link class="button quiet" to="/">{t('page.home')}</Link>
      </div>
      {props.problem.traceId && <p class="trace">{t('error.trace')} <CopyId id={props.problem.traceId} /></p>}
    </div>
  );
});

/** A person, by initials and name. */
export const Person = view<{ name: string; to?: string }>((props) => (
  <span class="person"><span class="avatar" aria-hidden="true">{initials(props.name)}</span>{props.to ? <Link to={props.to}>{props.name}</Link> : props.name}</span>
));

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** Label and value pairs of a detail page. */
export const Facts = view((_, children) => <dl class="facts">{children()}</dl>);
export const Fact = view<{ label?: Key; name?: string }>((props, children) => <div class="fact"><dt>{props.label ? t(props.label) : props.name}</dt><dd>{children()}</dd></div>);

export const Skeleton = view<{ lines?: number }>((props) => (
  <div class="skeleton-block" role="status" aria-label={t('loading')}>{Array.from({ length: props.lines ?? 4 }, (_, index) => <div class="skeleton" style={{ width: `${88 - ((index * 23) % 50)}%` }} />)}</div>
));

/** Part of a page with a heading of its own. */
export const Section = component<{ title: string; actions?: () => unknown }>((props, slots) => () => (
  <section class="section">
    <header><h2>{props.title}</h2>{props.actions && <div class="row">{props.actions() as never}</div>}</header>
    {slots.default?.()}
  </section>
));
