import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { Problem } from '../../core/problem';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';

export interface StepProps { problem: Problem | null; busy: boolean }

export const PasswordStep = component<StepProps & { onSubmit: (login: string, password: string) => Promise<void> }>((props) => {
  const login = ref('');
  const password = ref('');
  const submit = async (event: Event) => {
    event.preventDefault();
    await props.onSubmit(login.value.trim(), password.value);
    if (props.problem) password.value = '';
  };
  return () => (
    <form onSubmit={submit}>
      <TextInput name="login" label={t('login')} value={login.value} onInput={(value) => { login.value = value; }} autocomplete="username" autofocus error={props.problem?.field('login')} />
      <TextInput name="password" label={t('password')} type="password" value={password.value} onInput={(value) => { password.value = value; }} autocomplete="current-password" error={props.problem?.field('password')} />
      <Button kind="primary" submit busy={props.busy} disabled={!login.value.trim() || !password.value}>{t('sign-in.next')}</Button>
    </form>
  );
});
