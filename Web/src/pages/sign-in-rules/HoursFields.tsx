import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Button, IconButton } from '../../ui/Button';
import { Choices, TextInput } from '../../ui/inputs';
import { days, type HoursValues } from './rules';

/** Hours of the week, one block after the other. None means at any time. */
export const HoursFields = view<{ hours: HoursValues[]; onChange: (hours: HoursValues[]) => void; error: (pointer: string) => string | undefined }>((props) => {
  const change = (index: number, patch: Partial<HoursValues>) => props.onChange(props.hours.map((one, place) => (place === index ? { ...one, ...patch } : one)));
  const add = () => props.onChange([...props.hours, { days: ['1', '2', '3', '4', '5'], from: '08:00', to: '18:00' }]);
  const names = days();
  return (
    <div>
      {props.hours.map((one, index) => (
        <section class="fieldset" key={index} aria-label={t('sign-in-rule.hours.number', { number: index + 1 })}>
          <header>
            <h3>{t('sign-in-rule.hours.number', { number: index + 1 })}</h3>
            <IconButton danger icon="trash" label={t('sign-in-rule.hours.remove', { number: index + 1 })} onClick={() => props.onChange(props.hours.filter((_, place) => place !== index))} />
          </header>
          <Choices many name={`days-${index}`} label={t('sign-in-rule.days')} value={one.days} onChange={(value) => { if (value.length) change(index, { days: value }); }} choices={names.map((text, day) => ({ value: String(day + 1), text }))} />
          <div class="fields-2">
            <TextInput name={`from-${index}`} label={t('sign-in-rule.from')} type="time" value={one.from} onInput={(from) => change(index, { from })} />
            <TextInput name={`to-${index}`} label={t('sign-in-rule.to')} type="time" value={one.to} onInput={(to) => change(index, { to })} error={props.error(`hours/${index}`)} help={t('sign-in-rule.to.help')} />
          </div>
        </section>
      ))}
      <Button icon="plus" onClick={add}>{t('sign-in-rule.hours.add')}</Button>
    </div>
  );
});
