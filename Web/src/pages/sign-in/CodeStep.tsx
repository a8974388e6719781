import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import type { StepProps } from './PasswordStep';

/** A code of the app, or one of the recovery codes. */
export const CodeStep = component<StepProps & { onSubmit: (code: string) => Promise<void> }>((props) => {
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
  return () => (
    <form onSubmit={submit}>
      <TextInput
        key={String(recovery.value)} name="code" label={t(recovery.value ? 'code.recovery' : 'code.totp')} value={code.value} onInput={onInput} monospace autofocus
        inputmode={recovery.value ? 'text' : 'numeric'} autocomplete="one-time-code" error={props.problem?.field('code')}
      />
      <Button kind="primary" submit busy={props.busy} disabled={code.value.trim().length < 6}>{t('sign-in.finish')}</Button>
      <Button kind="quiet" onClick={() => { recovery.value = !recovery.value; code.value = ''; }}>{t(recovery.value ? 'code.use-totp' : 'code.use-recovery')}</Button>
    </form>
  );
});
