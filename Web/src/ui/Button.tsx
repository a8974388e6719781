import { h, view } from '../core/jsx';
import { Icon, type IconName } from './Icon';

/** `label` says more than the button shows, to those who hear it among others of the same words; it begins with those. */
interface ButtonProps {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet'; icon?: IconName; busy?: boolean; disabled?: boolean; submit?: boolean; small?: boolean;
  title?: string; label?: string; onClick?: (event: MouseEvent) => void; pressed?: boolean; form?: string; autofocus?: boolean;
}

interface Drawn { el?: unknown; props?: Record<string, unknown> | null }
/** A browser takes the focus from what is switched off, and so from what somebody has just pressed: it goes back when the work is done. */
const pressed = new WeakSet<object>();
const isBusy = (node: Drawn) => !!node.props?.['aria-busy'];
const hold = (now: Drawn, before: Drawn) => { if (isBusy(now) && !isBusy(before) && before.el && document.activeElement === before.el) pressed.add(before.el as object); };
const giveBack = (now: Drawn, before: Drawn) => {
  if (isBusy(now) || !isBusy(before) || !now.el || !pressed.delete(now.el as object)) return;
  if (document.activeElement === document.body) (now.el as HTMLElement).focus({ preventScroll: true });
};

export const Button = view<ButtonProps>((props, children) => (
  <button
    type={props.submit ? 'submit' : 'button'} class={['button', props.kind ?? 'plain', { small: props.small, busy: props.busy }]} form={props.form}
    disabled={props.disabled || props.busy} aria-busy={props.busy || undefined} aria-pressed={props.pressed} title={props.title ?? props.label} aria-label={props.label} onClick={props.onClick}
    autofocus={props.autofocus} onVnodeBeforeUpdate={hold} onVnodeUpdated={giveBack}
  >
    {props.icon && <Icon name={props.icon} size={16} />}
    {children()}
  </button>
));

/** A button that is only a drawing: its label is for screen readers and on hover. */
export const IconButton = view<{ icon: IconName; label: string; onClick?: (event: MouseEvent) => void; disabled?: boolean; pressed?: boolean; expanded?: boolean; danger?: boolean }>((props) => (
  <button
    type="button" class={['icon-button', { danger: props.danger }]} title={props.label} aria-label={props.label} aria-pressed={props.pressed}
    aria-expanded={props.expanded} disabled={props.disabled} onClick={props.onClick}
  >
    <Icon name={props.icon} />
  </button>
));
