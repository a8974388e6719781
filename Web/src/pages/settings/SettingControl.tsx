import { h, view } from '../../core/jsx';
import { languages, t, tKnown } from '../../core/i18n';
import { smallPng } from '../../core/image';
import { toastProblem } from '../../core/toasts';
import type { SettingSchema } from '../../api/types';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Checkbox, Select, TextArea, TextInput } from '../../ui/inputs';
import { control, type SettingValue } from './settings';

interface Props {
  name: string; schema: SettingSchema; value: SettingValue; error?: string; changed?: boolean; hasSecret?: boolean; memberError?: (member: string) => string | undefined; onChange: (value: SettingValue) => void;
}

const choiceText = (value: string) => languages.find((one) => one.code === value)?.name ?? tKnown(`setting-choice.${value}`, value);

/** The control of one setting, by what its declaration says about the value. */
export const SettingControl = view<Props>((props) => {
  const label = tKnown(`setting.${props.name}`, props.name);
  const help = tKnown(`setting.${props.name}.help`, '') || undefined;
  const common = { name: props.name, label, help, error: props.error, changed: props.changed };
  const text = props.value === null || props.value === undefined ? '' : String(props.value);
  switch (control(props.schema)) {
    case 'number': return <TextInput {...common} type="number" inputmode="numeric" min={props.schema.minimum} max={props.schema.maximum} value={text} onInput={props.onChange} />;
    case 'choice': return <Select {...common} value={text} choices={(props.schema.enum ?? []).map((value) => ({ value, text: choiceText(value) }))} onChange={props.onChange} />;
    case 'switch': return <Checkbox name={props.name} label={label} help={help} checked={props.value === true} onChange={props.onChange} />;
    case 'color': return <ColorInput {...common} value={text} onChange={props.onChange} />;
    case 'picture': return <PictureInput {...common} value={text} onChange={props.onChange} />;
    case 'zone': return <ZoneInput {...common} value={text} onChange={props.onChange} />;
    case 'lines': return <TextArea {...common} value={text} onInput={props.onChange} optional />;
    case 'record': return <RecordInput {...props} />;
    case 'text': return <TextInput {...common} value={text} onInput={props.onChange} optional={props.schema.nullable} monospace={props.schema.format === 'hostname'} maxlength={props.schema.maxLength} />;
  }
});

interface TextProps { name: string; label: string; help?: string; error?: string; changed?: boolean; value: string; onChange: (value: string | null) => void }

const ColorInput = view<TextProps>((props) => (
  <Field name={props.name} label={props.label} help={props.help} error={props.error} changed={props.changed} optional>
    <div class="row color-input">
      <input type="color" class="swatch" value={props.value || '#1b5cd0'} aria-label={t('settings.color.pick')} onInput={(event: InputEvent) => props.onChange((event.target as HTMLInputElement).value)} />
      <input
        id={props.name} name={props.name} class="input mono" value={props.value} placeholder="#1b5cd0" maxlength={7} spellcheck={false} autocomplete="off" aria-invalid={props.error ? 'true' : undefined}
        onInput={(event: InputEvent) => props.onChange((event.target as HTMLInputElement).value || null)}
      />
    </div>
  </Field>
));

const PictureInput = view<TextProps>((props) => {
  const pick = async (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (!file) return;
    try {
      props.onChange(await smallPng(file, 256));
    } catch (error) {
      toastProblem(error);
    }
  };
  return (
    <Field name={props.name} label={props.label} help={props.help} error={props.error} changed={props.changed} optional>
      <div class="row picture-input">
        {props.value && <img class="logo-image" src={`data:image/png;base64,${props.value}`} alt={t('settings.logo.now')} />}
        <input id={props.name} name={props.name} type="file" class="input" accept="image/*" aria-invalid={props.error ? 'true' : undefined} onChange={pick} />
        {props.value && <Button onClick={() => props.onChange(null)}>{t('remove')}</Button>}
      </div>
    </Field>
  );
});

const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

const ZoneInput = view<TextProps>((props) => (
  <Select name={props.name} label={props.label} help={props.help} error={props.error} changed={props.changed} value={props.value} choices={(zones().includes(props.value) ? zones() : [props.value, ...zones()]).map((zone) => ({ value: zone, text: zone }))} onChange={props.onChange} />
));

/** A value of several members, which is there or not. A secret that is stored stays if nothing is typed. */
const RecordInput = view<Props>((props) => {
  const record = props.value as Record<string, SettingValue> | null;
  const properties = Object.entries(props.schema.properties ?? {});
  const set = (name: string, value: SettingValue, schema: SettingSchema) => {
    const next = { ...record } as Record<string, SettingValue>;
    if (value === '' || value === null) { if (schema.writeOnly) delete next[name]; else next[name] = null; } else next[name] = schema.type === 'integer' ? Number(value) : value;
    props.onChange(next);
  };
  const isAtMember = properties.some(([name]) => props.memberError?.(name));
  const start = () => Object.fromEntries(properties.filter(([, schema]) => !schema.writeOnly).map(([name, schema]) => [name, schema.enum?.[0] ?? (schema.nullable ? null : '')]));
  return (
    <div class={['fieldset', { invalid: props.error }]} role="group" aria-label={tKnown(`setting.${props.name}`, props.name)}>
      <Checkbox name={props.name} label={tKnown(`setting.${props.name}`, props.name)} help={tKnown(`setting.${props.name}.help`, '')} checked={record !== null} onChange={(on) => props.onChange(on ? start() : null)} />
      {record !== null && properties.map(([name, schema]) => {
        const label = tKnown(`setting.${props.name}.${name}`, name);
        const value = record[name] === null || record[name] === undefined ? '' : String(record[name]);
        const error = props.memberError?.(name);
        if (schema.enum) return <Select key={name} name={`${props.name}.${name}`} label={label} error={error} value={value} choices={schema.enum.map((one) => ({ value: one, text: choiceText(one) }))} onChange={(chosen) => set(name, chosen, schema)} />;
        return (
          <TextInput
            key={name} name={`${props.name}.${name}`} label={label} error={error} value={value} onInput={(typed) => set(name, typed, schema)} monospace type={schema.writeOnly ? 'password' : schema.type === 'integer' ? 'number' : 'text'}
            autocomplete={schema.writeOnly ? 'new-password' : 'off'} optional={schema.nullable} placeholder={schema.writeOnly && props.hasSecret ? t('settings.secret.kept') : undefined}
          />
        );
      })}
      {props.error && !isAtMember && <p class="field-error" role="alert">{props.error}</p>}
    </div>
  );
});
