import { h, view } from '../core/jsx';
import { Field, errorId, helpId } from './Field';

interface Common { name: string; label: string; error?: string; help?: string; optional?: boolean; changed?: boolean; disabled?: boolean; autofocus?: boolean }

const described = (props: Common) => [props.error && errorId(props.name), props.help && helpId(props.name)].filter(Boolean).join(' ') || undefined;

/** A browser heeds the attribute for the first question of a page, and for none that follows. */
export const focus = (node: { el?: unknown }) => (node.el as HTMLElement | null)?.focus();

interface TextProps extends Common {
  value: string; onInput: (value: string) => void; type?: 'text' | 'password' | 'email' | 'url' | 'tel' | 'number' | 'datetime-local' | 'time'; placeholder?: string;
  autocomplete?: string; inputmode?: string; monospace?: boolean; min?: number; max?: number; maxlength?: number; pattern?: string;
}

export const TextInput = view<TextProps>((props) => (
  <Field {...field(props)}>
    <input
      id={props.name} name={props.name} class={['input', { mono: props.monospace }]} type={props.type ?? 'text'} value={props.value} placeholder={props.placeholder}
      autocomplete={props.autocomplete ?? 'off'} inputmode={props.inputmode} min={props.min} max={props.max} maxlength={props.maxlength} disabled={props.disabled}
      autofocus={props.autofocus} onVnodeMounted={props.autofocus ? focus : undefined} spellcheck={false} aria-invalid={props.error ? 'true' : undefined} aria-describedby={described(props)}
      onInput={(event: InputEvent) => props.onInput((event.target as HTMLInputElement).value)}
    />
  </Field>
));

export const TextArea = view<Common & { value: string; onInput: (value: string) => void; rows?: number; monospace?: boolean; placeholder?: string }>((props) => (
  <Field {...field(props)}>
    <textarea
      id={props.name} name={props.name} class={['input', { mono: props.monospace }]} rows={props.rows ?? 3} value={props.value} placeholder={props.placeholder} disabled={props.disabled}
      autofocus={props.autofocus} spellcheck={!props.monospace} aria-invalid={props.error ? 'true' : undefined} aria-describedby={described(props)}
      onInput={(event: InputEvent) => props.onInput((event.target as HTMLTextAreaElement).value)}
    />
  </Field>
));

export interface Choice { value: string; text: string; note?: string }

/** What was chosen stays a choice when it is no longer on offer. */
export const keeping = (choices: Choice[], kept: string): Choice[] =>
  (!kept || choices.some((one) => one.value === kept) ? choices : [...choices, { value: kept, text: kept }]);

export const Select = view<Common & { value: string; choices: Choice[]; onChange: (value: string) => void; placeholder?: string }>((props) => (
  <Field {...field(props)}>
    <select
      id={props.name} name={props.name} class="input" value={props.value} disabled={props.disabled} aria-invalid={props.error ? 'true' : undefined} aria-describedby={described(props)}
      onChange={(event: Event) => props.onChange((event.target as HTMLSelectElement).value)}
    >
      {props.placeholder !== undefined && <option value="">{props.placeholder}</option>}
      {props.choices.map((choice) => <option value={choice.value} key={choice.value}>{choice.text}</option>)}
    </select>
  </Field>
));

export const Checkbox = view<{ name: string; label: string; checked: boolean; onChange: (checked: boolean) => void; help?: string; disabled?: boolean }>((props) => (
  <label class="checkbox">
    <input
      type="checkbox" name={props.name} checked={props.checked} disabled={props.disabled}
      onChange={(event: Event) => props.onChange((event.target as HTMLInputElement).checked)}
    />
    <span>{props.label}{props.help && <small>{props.help}</small>}</span>
  </label>
));

/** A few choices that all fit on the page; several may be on with `many`, and what is `fixed` stays on. */
export const Choices = view<Common & { many?: boolean; fixed?: string; value: string[]; choices: Choice[]; onChange: (value: string[]) => void }>((props) => (
  <Field {...field(props)} group>
    <div class="choices">
      {props.choices.map((choice) => (
        <label key={choice.value} class={['choice', { on: props.value.includes(choice.value) }]}>
          <input
            type={props.many ? 'checkbox' : 'radio'} name={props.name} value={choice.value} checked={props.value.includes(choice.value)} disabled={props.disabled || choice.value === props.fixed}
            onChange={(event: Event) => props.onChange(picked(props, choice.value, (event.target as HTMLInputElement).checked))}
          />
          {choice.text}
        </label>
      ))}
    </div>
  </Field>
));

function picked(props: { many?: boolean; value: string[] }, value: string, on: boolean): string[] {
  if (!props.many) return [value];
  return on ? [...props.value, value] : props.value.filter((one) => one !== value);
}

function field(props: Common) {
  return { label: props.label, name: props.name, error: props.error, help: props.help, optional: props.optional, changed: props.changed };
}
