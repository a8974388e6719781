import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { EventKind } from '../../api/types';
import { Checkbox, TextInput } from '../../ui/inputs';
import { type EventFamily, eventName, familiesOf, familyName, foundEvents, hasEvent, hasWhole, withEvent, withFamily } from './patterns';

/** All events by what they are about, with a search: for whoever does not know their types by heart. */
export const EventFields = component<{ kinds: EventKind[]; value: string[]; onChange: (patterns: string[]) => void }>((props) => {
  const words = ref('');
  const everything = () => props.value.includes('*');
  const section = (shown: EventFamily, whole: EventFamily) => {
    const { family } = shown;
    const on = whole.types.filter((type) => hasEvent(props.value, type)).length;
    return (
      <section class="fieldset permissions" key={family} aria-label={familyName(family)}>
        <header>
          <label class="checkbox">
            <input
              type="checkbox" name={`family-${family}`} checked={hasWhole(props.value, family)} indeterminate={on > 0 && !hasWhole(props.value, family)} disabled={everything()}
              onChange={(event: Event) => props.onChange(withFamily(props.value, family, (event.target as HTMLInputElement).checked))}
            />
            <b>{familyName(family)}</b>
          </label>
          <code class="faint" title={t('webhook.events.family')}>{`${family}.*`}</code>
        </header>
        {shown.types.map((type) => (
          <div key={type} class="permission">
            <Checkbox
              name={`event-${type}`} label={eventName(type)} checked={hasEvent(props.value, type)} disabled={everything()} help={type}
              onChange={(checked) => props.onChange(withEvent(props.value, whole, type, checked))}
            />
          </div>
        ))}
      </section>
    );
  };
  return () => {
    const families = familiesOf(props.kinds);
    const shown = foundEvents(families, words.value);
    return (
      <details class="events">
        <summary>{t('webhook.events.choose')}</summary>
        <div role="group" aria-label={t('webhook.events.choose')}>
          <TextInput name="event-search" label={t('webhook.events.search')} value={words.value} onInput={(value) => { words.value = value; }} />
          <Checkbox name="event-all" label={t('webhook.events.all')} checked={everything()} help="*" onChange={(checked) => props.onChange(checked ? ['*'] : props.value.filter((pattern) => pattern !== '*'))} />
          {shown.length ? shown.map((family) => section(family, families.find((one) => one.family === family.family) ?? family)) : <p class="form-note" role="status">{t('webhook.events.none')}</p>}
        </div>
      </details>
    );
  };
});
