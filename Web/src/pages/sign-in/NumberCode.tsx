import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { SentCode } from '../../api/types';
import { TextInput } from '../../ui/inputs';
import { MailedCode } from './MailedCode';

/** A number that is to be confirmed, and the code that goes there. */
export const NumberCode = view<{ number: string; onNumber: (value: string) => void; send: (number: string) => Promise<SentCode>; disabled?: boolean }>((props) => (
  <div>
    <TextInput name="number" type="tel" label={t('sms.number')} value={props.number} onInput={props.onNumber} help={t('sms.number.help')} autocomplete="tel" monospace autofocus />
    <MailedCode by="sms" send={() => props.send(props.number.trim())} disabled={props.disabled || props.number.trim().length < 8} />
  </div>
));
