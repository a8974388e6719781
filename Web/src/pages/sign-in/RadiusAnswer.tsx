import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';

/** What goes to the person's RADIUS server, and nowhere else. Its words are a label, and nothing but text; nothing at all has it ask or ring. */
export const RadiusAnswer = component<{ prompt: string; busy?: boolean; only?: boolean; error?: string; onSubmit: (answer: string) => Promise<void> }>((props) => {
  const answer = ref('');
  const submit = async (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    const given = answer.value;
    answer.value = '';
    await props.onSubmit(given);
  };
  return () => (
    <form class="radius-answer" onSubmit={submit}>
      <TextInput
        name="radius-answer" label={props.prompt || t('radius.answer')} type="password" value={answer.value} onInput={(value) => { answer.value = value; }} autocomplete="one-time-code" autofocus={props.only || props.prompt !== ''}
        help={props.prompt ? undefined : t('radius.answer.help')} maxlength={128} error={props.error}
      />
      <Button kind={props.only || props.prompt ? 'primary' : 'plain'} submit busy={props.busy}>{t('radius.send')}</Button>
    </form>
  );
});
