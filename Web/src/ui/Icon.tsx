import { h, view } from '../core/jsx';
import { paths, type IconName } from './icons.generated';

export type { IconName };

/** A drawing beside a word; alone it needs a name from the button around it. */
export const Icon = view<{ name: IconName; size?: number }>((props) => (
  <svg class="icon" width={props.size ?? 18} height={props.size ?? 18} viewBox="0 0 24 24" aria-hidden="true">
    {paths[props.name].map((d) => <path d={d} />)}
  </svg>
));
