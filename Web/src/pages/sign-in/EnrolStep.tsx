import { ref } from 'vue';
import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { copy } from '../../core/clipboard';
import { hasPasskeys } from '../../core/passkey';
import type { Channel, Enrolment, Factor, SentCode } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { TextInput } from '../../ui/inputs';
import { sentCodes } from './CodeStep';
import { MailedCode } from './MailedCode';
import { NumberCode } from './NumberCode';
import type { StepProps } from './PasswordStep';

/** The drawing comes from the server as SVG text; as an image it can run nothing. */
const drawing = (svg: string) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
const groups = (secret: string) => secret.replace(/(.{4})(?=.)/g, '$1 ');

/** A fresh secret, in every form in which an authenticator app takes it. */
export const EnrolmentCard = view<{ enrolment: Enrolment }>((props) => (
  <div class="enrol">
    <img class="qr" src={drawing(props.enrolment.qr)} alt={t('enrol.qr')} width="184" height="184" />
    <div class="enrol-secret">
      <p>{t('enrol.by-hand')}</p>
      <button type="button" class="copy-id" onClick={() => copy(props.enrolment.secret)}><code>{groups(props.enrolment.secret)}</code><Icon name="copy" size={13} /></button>
      <p><a href={props.enrolment.uri}>{t('enrol.open-app')}</a></p>
    </div>
  </div>
));

/** The first second factor: an app's code, a passkey, or codes that are sent by e-mail or as text messages. */
export const EnrolStep = component<StepProps & {
  enrolment: Enrolment | null; factors: Factor[]; onSubmit: (code: string) => Promise<void>; onPasskey: () => Promise<void>;
  onSend: (by: Channel, number?: string) => Promise<SentCode>; onCode: (by: Channel, code: string) => Promise<void>;
}>((props) => {
  const code = ref('');
  const number = ref('');
  const channels = () => sentCodes(props.factors);
  const by = ref<Channel | null>(props.enrolment ? null : channels()[0] ?? null);
  const choose = (next: Channel | null) => { by.value = next; code.value = ''; };
  const submit = async (event: Event) => {
    event.preventDefault();
    await (by.value ? props.onCode(by.value, code.value) : props.onSubmit(code.value));
    if (props.problem) code.value = '';
  };
  return () => (
    <form onSubmit={submit}>
      {by.value === null && props.enrolment && [<p class="lead">{t('enrol.lead')}</p>, <EnrolmentCard enrolment={props.enrolment} />]}
      {by.value === 'email' && <MailedCode key="email" send={() => props.onSend('email')} disabled={props.busy} auto />}
      {by.value === 'sms' && <NumberCode number={number.value} onNumber={(value) => { number.value = value; }} send={(to) => props.onSend('sms', to)} disabled={props.busy} />}
      {(by.value || props.enrolment) && [
        <TextInput name="code" label={t(by.value === 'email' ? 'code.email' : by.value === 'sms' ? 'code.by-sms' : 'code.first')} value={code.value} onInput={(value) => { code.value = value; }} inputmode="numeric" autocomplete="one-time-code" monospace autofocus={by.value !== 'sms'} error={props.problem?.field('code')} />,
        <Button kind="primary" submit busy={props.busy} disabled={code.value.replace(/\s/g, '').length < 6}>{t('enrol.confirm')}</Button>,
      ]}
      {hasPasskeys && props.factors.includes('passkey') && <Button icon="key" disabled={props.busy} onClick={() => void props.onPasskey()}>{t('enrol.passkey')}</Button>}
      {by.value !== null && props.enrolment && <Button kind="quiet" disabled={props.busy} onClick={() => choose(null)}>{t('enrol.app')}</Button>}
      {channels().filter((one) => one !== by.value).map((one) => <Button key={one} kind="quiet" disabled={props.busy} onClick={() => choose(one)}>{t(one === 'email' ? 'enrol.email' : 'enrol.sms')}</Button>)}
    </form>
  );
});
