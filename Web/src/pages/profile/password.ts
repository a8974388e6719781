import { t } from '../../core/i18n';
import type { PasswordDemand } from '../../api/types';

/** What holds where nobody has said more. */
export const leastDemand: PasswordDemand = { length: 12, kinds: 0 };

/** What a new password has to be, in words for whoever is to choose one. */
export const passwordHelp = ({ length, kinds }: PasswordDemand): string => (kinds > 1 ? t('password.help.kinds', { length, kinds }) : t('password.help', { length }));
