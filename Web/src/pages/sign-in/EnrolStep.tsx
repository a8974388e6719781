import { ref } from 'vue';
import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { copy } from '../../core/clipboard';
import { hasPasskeys } from '../../core/passkey';
import type { Enrolment } from '../../api/types';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
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

/** The first second factor: an app's code, or a passkey. */
export const EnrolStep = component<StepProps & { enrolment: Enrolment; onSubmit: (code: string) => Promise<void>; onPasskey: () => Promise<void> }>((props) => {
  const code = ref('');
  const submit = async (event: Event) => {
    event.preventDefault();
    await props.onSubmit(code.value);
    if (props.problem) code.value = '';
  };
  return () => (
    <form onSubmit={submit}>
      <EnrolmentCard enrolment={props.enrolment} />
      <TextInput name="code" label={t('code.first')} value={code.value} onInput={(value) => { code.value = value; }} inputmode="numeric" autocomplete="one-time-code" monospace autofocus error={props.problem?.field('code')} />
      <Button kind="primary" submit busy={props.busy} disabled={code.value.replace(/\s/g, '').length < 6}>{t('enrol.confirm')}</Button>
      {hasPasskeys && <Button icon="key" disabled={props.busy} onClick={() => void props.onPasskey()}>{t('enrol.passkey')}</Button>}
    </form>
  );
});
