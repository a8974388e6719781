import { h, view } from '../core/jsx';
import { t } from '../core/i18n';

interface FieldProps { label: string; name: string; error?: string; help?: string; optional?: boolean; group?: boolean; changed?: boolean }

export const errorId = (name: string) => `${name}-error`;
export const helpId = (name: string) => `${name}-help`;

/** A label with its control; help stands below, and what the server refused stands where it was typed. */
export const Field = view<FieldProps>((props, children) => {
  const label = [props.label, ' ', props.optional && <span class="optional">{t('form.optional')}</span>, props.changed && <span class="changed" title={t('form.changed')} />];
  return (
    <div class={['field', { invalid: props.error }]} role={props.group ? 'group' : undefined} aria-labelledby={props.group ? `${props.name}-label` : undefined}>
      {props.group ? <span class="label" id={`${props.name}-label`}>{label}</span> : <label class="label" for={props.name}>{label}</label>}
      {children()}
      {props.error && <p class="field-error" id={errorId(props.name)} role="alert">{props.error}</p>}
      {props.help && <p class="field-help" id={helpId(props.name)}>{props.help}</p>}
    </div>
  );
});
