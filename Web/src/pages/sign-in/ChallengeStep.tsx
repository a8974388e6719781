import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import type { StepProps } from './PasswordStep';

/** What the company's sign-in service wants to know besides the password. Its words are a label, and nothing but text. */
export const ChallengeStep = component<StepProps & { prompt: string; onSubmit: (answer: string) => Promise<void> }>((props) => {
  const answer = ref('');
  const submit = async (event: Event) => {
    event.preventDefault();
    await props.onSubmit(answer.value);
    answer.value = '';
  };
  return () => (
    <form onSubmit={submit}>
      <TextInput
        name="answer" label={props.prompt || t('challenge.code')} type="password" value={answer.value} onInput={(value) => { answer.value = value; }} autocomplete="one-time-code" autofocus
        error={props.problem?.field('answer')}
      />
      <Button kind="primary" submit busy={props.busy} disabled={!answer.value}>{t('sign-in.next')}</Button>
    </form>
  );
});
