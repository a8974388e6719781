import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import type { FaceCapture } from '../../core/face';
import { t, type Key } from '../../core/i18n';
import { hasPasskeys } from '../../core/passkey';
import type { Channel, Factor, SentCode } from '../../api/types';
import { Button } from '../../ui/Button';
import { Checkbox, TextInput } from '../../ui/inputs';
import { FaceCheck } from './FaceCheck';
import { MailedCode } from './MailedCode';
import { RadiusAnswer } from './RadiusAnswer';
import type { StepProps } from './PasswordStep';

/** By what codes are sent to somebody. */
export const sentCodes = (factors: Factor[]): Channel[] => (['email', 'sms'] as const).filter((one) => factors.includes(one));

/** What the field of a code is called. */
export function codeLabel(factors: Factor[]): Key {
  const channels = sentCodes(factors);
  if (factors.includes('authenticator')) return !channels.length ? 'code.totp' : channels[0] === 'email' && channels.length === 1 ? 'code.either' : 'code.any';
  return channels.length > 1 ? 'code.any' : channels[0] === 'sms' ? 'code.by-sms' : 'code.email';
}

interface CodeStepProps extends StepProps {
  factors: Factor[]; prompt: string; rememberDays: number; remember: boolean; onRemember: (value: boolean) => void;
  onSubmit: (code: string) => Promise<void>; onPasskey: () => Promise<void>; onSend: (by: Channel) => Promise<SentCode>; onRadius: (answer: string) => Promise<void>;
  onFaceBegin: () => Promise<FaceCapture>; onFace: (code: string) => Promise<void>;
}

/** A code of the app or one that was sent, a passkey, or one of the recovery codes: of these what the person has. */
export const CodeStep = component<CodeStepProps>((props) => {
  const code = ref('');
  const recovery = ref(false);
  const submit = async (event?: Event) => {
    event?.preventDefault();
    await props.onSubmit(code.value);
    if (props.problem) code.value = '';
  };
  const onInput = (value: string) => {
    code.value = value;
    if (!recovery.value && /^\d{6}$/.test(value.replace(/\s/g, ''))) void submit();
  };
  return () => {
    const hasApp = props.factors.includes('authenticator');
    const channels = sentCodes(props.factors);
    const takesCode = hasApp || channels.length > 0 || recovery.value;
    const label = recovery.value ? 'code.recovery' : codeLabel(props.factors);
    const asksRadius = props.factors.includes('radius') && !recovery.value;
    const steps = (
      <form onSubmit={submit}>
        {!recovery.value && channels.map((by) => <MailedCode key={by} by={by} send={() => props.onSend(by)} disabled={props.busy} auto={props.factors.length === 1} />)}
        {props.rememberDays > 0 && !recovery.value && <Checkbox name="remember" label={t('second-factor.remember', { days: props.rememberDays })} checked={props.remember} onChange={props.onRemember} />}
        {takesCode && [
          <TextInput
            key={String(recovery.value)} name="code" label={t(label)} value={code.value} onInput={onInput} monospace autofocus
            inputmode={recovery.value ? 'text' : 'numeric'} autocomplete="one-time-code" error={props.problem?.field('code')}
          />,
          <Button kind="primary" submit busy={props.busy} disabled={code.value.trim().length < 6}>{t('sign-in.finish')}</Button>,
        ]}
        {props.factors.includes('passkey') && hasPasskeys && <Button kind={takesCode ? 'plain' : 'primary'} icon="key" busy={props.busy && !takesCode} disabled={props.busy} autofocus={!takesCode} onClick={() => void props.onPasskey()}>{t('passkey.use')}</Button>}
        <Button kind="quiet" onClick={() => { recovery.value = !recovery.value; code.value = ''; }}>{t(!recovery.value ? 'code.use-recovery' : hasApp && !channels.length ? 'code.use-totp' : 'code.use-other')}</Button>
      </form>
    );
    const asksFace = props.factors.includes('face') && !recovery.value;
    // An answer to the server's question is all that counts while there is one.
    if (asksRadius && props.prompt) return <RadiusAnswer key={props.prompt} prompt={props.prompt} busy={props.busy} only onSubmit={props.onRadius} />;
    return asksRadius || asksFace ? (
      <div class="steps">
        {asksRadius && <RadiusAnswer prompt="" busy={props.busy} only={props.factors.length === 1} onSubmit={props.onRadius} />}
        {asksFace && <FaceCheck begin={props.onFaceBegin} onCode={props.onFace} busy={props.busy} only={props.factors.length === 1} />}
        {steps}
      </div>
    ) : steps;
  };
});
