import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { hasPasskeys } from '../../core/passkey';
import type { Factor } from '../../api/types';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import type { StepProps } from './PasswordStep';

/** A code of the app, a passkey, or one of the recovery codes: of these what the person has. */
export const CodeStep = component<StepProps & { factors: Factor[]; onSubmit: (code: string) => Promise<void>; onPasskey: () => Promise<void> }>((props) => {
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
    const takesCode = hasApp || recovery.value;
    return (
      <form onSubmit={submit}>
        {takesCode && [
          <TextInput
            key={String(recovery.value)} name="code" label={t(recovery.value ? 'code.recovery' : 'code.totp')} value={code.value} onInput={onInput} monospace autofocus
            inputmode={recovery.value ? 'text' : 'numeric'} autocomplete="one-time-code" error={props.problem?.field('code')}
          />,
          <Button kind="primary" submit busy={props.busy} disabled={code.value.trim().length < 6}>{t('sign-in.finish')}</Button>,
        ]}
        {props.factors.includes('passkey') && hasPasskeys && <Button kind={takesCode ? 'plain' : 'primary'} icon="key" busy={props.busy && !takesCode} disabled={props.busy} autofocus={!takesCode} onClick={() => void props.onPasskey()}>{t('passkey.use')}</Button>}
        <Button kind="quiet" onClick={() => { recovery.value = !recovery.value; code.value = ''; }}>{t(!recovery.value ? 'code.use-recovery' : hasApp ? 'code.use-totp' : 'code.use-other')}</Button>
      </form>
    );
  };
});
