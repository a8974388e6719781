import { tKnown } from '../../core/i18n';
import type { SignUpMode } from '../../api/types';

/** From nobody to everybody. */
export const modes: SignUpMode[] = ['off', 'approval', 'open'];
export const modeName = (mode: string): string => tKnown(`sign-up-mode.${mode}`, mode);
