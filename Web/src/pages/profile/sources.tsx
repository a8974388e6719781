import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Tokens } from '../../ui/Tokens';

/** From where a program may call. */
export const sourcesText = (sources: string[]) => (sources.length ? t('access-key.from', { sources: sources.join(', ') }) : t('access-key.from-anywhere'));

export const SourcesField = view<{ value: string[]; onChange: (sources: string[]) => void; error?: string }>((props) => (
  <Tokens name="sources" label={t('access-key.sources')} value={props.value} onChange={props.onChange} error={props.error} help={t('access-key.sources.help')} placeholder="10.0.0.0/8" />
));
