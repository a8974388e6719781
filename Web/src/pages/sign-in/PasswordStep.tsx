import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { Problem } from '../../core/problem';
import { tenant } from '../../core/session';
import type { OfferedProvider } from '../../api/types';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import { home } from './away';

export interface StepProps { problem: Problem | null; busy: boolean }

/** Login and password, or one of the company's providers: by its button, or by typing a login that belongs there. */
export const PasswordStep = component<StepProps & { onSubmit: (login: string, password: string) => Promise<void>; onDepart?: (provider: OfferedProvider) => Promise<void> }>((props) => {
  const login = ref('');
  const password = ref('');
  /** Whether the person has a password here although the login belongs to a provider. */
  const own = ref(false);
  const away = () => (own.value ? undefined : home(login.value, offered()));
  const offered = () => (props.onDepart ? tenant.value?.providers ?? [] : []);
  const submit = async (event: Event) => {
    event.preventDefault();
    const provider = away();
    if (provider) return props.onDepart?.(provider);
    await props.onSubmit(login.value.trim(), password.value);
    if (!props.problem) return;
    password.value = '';
    setTimeout(() => document.getElementById('password')?.focus());
  };
  return () => {
    const provider = away();
    return (
      <form onSubmit={submit}>
        <TextInput name="login" label={t('login')} value={login.value} onInput={(value) => { login.value = value; }} autocomplete="username" autofocus error={props.problem?.field('login')} />
        {!provider && <TextInput name="password" label={t('password')} type="password" value={password.value} onInput={(value) => { password.value = value; }} autocomplete="current-password" error={props.problem?.field('password')} />}
        <Button kind="primary" submit busy={props.busy} disabled={!login.value.trim() || (!provider && !password.value)}>{provider ? t('sign-in.by', { name: provider.name }) : t('sign-in.next')}</Button>
        {provider && <Button kind="plain" onClick={() => { own.value = true; }}>{t('sign-in.own-password')}</Button>}
        {!provider && offered().length > 0 && (
          <div class="sign-in-providers" role="group" aria-label={t('sign-in.other')}>
            <p>{t('sign-in.other')}</p>
            {offered().map((one) => <Button key={one.id} disabled={props.busy} onClick={() => void props.onDepart?.(one)}>{t('sign-in.by', { name: one.name })}</Button>)}
          </div>
        )}
      </form>
    );
  };
});
