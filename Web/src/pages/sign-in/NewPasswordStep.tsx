import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { passwordHelp } from '../profile/password';
import type { PasswordDemand } from '../../api/types';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import type { StepProps } from './PasswordStep';

export const NewPasswordStep = component<StepProps & { demand: PasswordDemand; onSubmit: (password: string) => Promise<void> }>((props) => {
  const password = ref('');
  const again = ref('');
  const differs = () => again.value !== '' && again.value !== password.value;
  return () => (
    <form onSubmit={(event: Event) => { event.preventDefault(); if (!differs()) void props.onSubmit(password.value); }}>
      <TextInput name="password" label={t('password.new')} type="password" value={password.value} onInput={(value) => { password.value = value; }} autocomplete="new-password" autofocus help={passwordHelp(props.demand)} error={props.problem?.field('password')} />
      <TextInput name="again" label={t('password.again')} type="password" value={again.value} onInput={(value) => { again.value = value; }} autocomplete="new-password" error={differs() ? t('password.differs') : undefined} />
      <Button kind="primary" submit busy={props.busy} disabled={!password.value || again.value !== password.value}>{t('sign-in.next')}</Button>
    </form>
  );
});
