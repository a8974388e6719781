import type { Label } from '../api/types';

/** `env=prod`, as people type and read labels; without a sign it is a key alone. */
export const labelText = (label: Label): string => `${label.key}=${label.value}`;

export function readLabel(text: string): Label {
  const [key = '', ...rest] = text.split('=');
  return { key: key.trim(), value: rest.join('=').trim() };
}
