import { ref } from 'vue';
import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { copy } from '../../core/clipboard';
import { hasPasskeys } from '../../core/passkey';
import type { Enrolment, Factor, SentCode } from '../../api/types';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import { MailedCode } from './MailedCode';
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
      <button type="button" class="copy-id" onClick={() => copy(props.enrolment.secret)}><code>{groups(props.enrolment.secret)}</code></button>
      <p><a href={props.enrolment.uri}>{t('enrol.open-app')}</a></p>
    </div>
  </div>
));

/** The first second factor: an app's code, a passkey, or codes by e-mail. */
export const EnrolStep = component<StepProps & {
  enrolment: Enrolment | null; factors: Factor[]; onSubmit: (code: string) => Promise<void>; onPasskey: () => Promise<void>;
  onSend: () => Promise<SentCode>; onEmail: (code: string) => Promise<void>;
}>((props) => {
  const code = ref('');
  const byMail = ref(!props.enrolment && props.factors.includes('email'));
  const submit = async (event: Event) => {
    event.preventDefault();
    await (byMail.value ? props.onEmail : props.onSubmit)(code.value);
    if (props.problem) code.value = '';
  };
  return () => (
    <form onSubmit={submit}>
      {byMail.value ? <MailedCode send={props.onSend} disabled={props.busy} auto /> : props.enrolment && [<p class="lead">{t('enrol.lead')}</p>, <EnrolmentCard enrolment={props.enrolment} />]}
      {(byMail.value || props.enrolment) && [
        <TextInput name="code" label={t(byMail.value ? 'code.email' : 'code.first')} value={code.value} onInput={(value) => { code.value = value; }} inputmode="numeric" autocomplete="one-time-code" monospace autofocus error={props.problem?.field('code')} />,
        <Button kind="primary" submit busy={props.busy} disabled={code.value.replace(/\s/g, '').length < 6}>{t('enrol.confirm')}</Button>,
      ]}
      {hasPasskeys && props.factors.includes('passkey') && <Button icon="key" disabled={props.busy} onClick={() => void props.onPasskey()}>{t('enrol.passkey')}</Button>}
      {props.factors.includes('email') && (!byMail.value || props.enrolment) && <Button kind="quiet" disabled={props.busy} onClick={() => { byMail.value = !byMail.value; code.value = ''; }}>{t(byMail.value ? 'enrol.app' : 'enrol.email')}</Button>}
    </form>
  );
});
