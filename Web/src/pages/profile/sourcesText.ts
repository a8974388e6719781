import { t } from '../../core/i18n';

/** From where a program may call. */
export const sourcesText = (sources: string[]) => (sources.length ? t('access-key.from', { sources: sources.join(', ') }) : t('access-key.from-anywhere'));
