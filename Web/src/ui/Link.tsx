import { h, view } from '../core/jsx';
import { navigate } from '../core/router';

/** A link inside of the portal: a real one, so that it can be opened in a tab of its own. */
export const Link = view<{ to: string; current?: boolean; title?: string; label?: string; onClick?: () => void }>((props, children) => (
  <a
    href={props.to} title={props.title} aria-label={props.label} aria-current={props.current ? 'page' : undefined}
    class={(props as { class?: unknown }).class}
    onClick={(event: MouseEvent) => {
      props.onClick?.();
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void navigate(props.to);
    }}
  >
    {children()}
  </a>
));
