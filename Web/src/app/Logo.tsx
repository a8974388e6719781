import { h, view } from '../core/jsx';
import { logo } from '../core/brand';

/** The company's logo, or the gate; `plain` for the gate in any case. */
export const Logo = view<{ size?: number; plain?: boolean }>((props) => logo.value && !props.plain ? (
  <img class="logo-image" src={logo.value} alt="" style={{ height: `${props.size ?? 24}px` }} />
) : (
  <svg class="logo" width={props.size ?? 24} height={props.size ?? 24} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" />
    <path d="M8 24V14a8 8 0 0 1 16 0v10M13 24V14.5a3 3 0 0 1 6 0V24M6.5 24h19" />
  </svg>
));
