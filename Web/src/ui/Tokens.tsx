import { ref } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { Field, errorId, helpId } from './Field';
import { Icon } from './Icon';

interface TokensProps {
  name: string;
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  suggestions?: string[];
  error?: string;
  help?: string;
  placeholder?: string;
  changed?: boolean;
  /** A word takes the place of the one before. */
  one?: boolean;
}

/** Short words as chips: typed, or taken from suggestions. Enter or a comma ends a word. */
export const Tokens = component<TokensProps>((props) => {
  const text = ref('');
  const add = (word: string) => {
    const clean = word.trim();
    text.value = '';
    if (clean && !props.value.includes(clean)) props.onChange(props.one ? [clean] : [...props.value, clean]);
  };
  const onKeydown = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey && text.value.trim()) || event.key === ',') {
      event.preventDefault();
      add(text.value);
    } else if (event.key === 'Backspace' && !text.value) props.onChange(props.value.slice(0, -1));
  };
  return () => (
    <Field name={props.name} label={props.label} error={props.error} help={props.help} changed={props.changed}>
      <div class="picker-box">
        {props.value.map((word) => (
          <span class="chip" key={word}>
            {word}
            <button type="button" aria-label={t('picker.remove', { name: word })} onClick={() => props.onChange(props.value.filter((one) => one !== word))}><Icon name="x" size={13} /></button>
          </span>
        ))}
        <input
          id={props.name} value={text.value} placeholder={props.value.length ? '' : props.placeholder} autocomplete="off" spellcheck={false} list={`${props.name}-suggestions`}
          aria-invalid={props.error ? 'true' : undefined} aria-describedby={[props.error && errorId(props.name), props.help && helpId(props.name)].filter(Boolean).join(' ') || undefined}
          onInput={(event: InputEvent) => { text.value = (event.target as HTMLInputElement).value; if (props.suggestions?.includes(text.value) && !('data' in event && event.data)) add(text.value); }}
          onKeydown={onKeydown} onBlur={() => add(text.value)}
        />
        <datalist id={`${props.name}-suggestions`}>
          {(props.suggestions ?? []).filter((word) => !props.value.includes(word)).map((word) => <option value={word} key={word} />)}
        </datalist>
      </div>
    </Field>
  );
});
