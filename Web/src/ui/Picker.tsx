import { computed, ref, watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { useQuery } from '../core/query';
import { writeQuery } from '../core/paths';
import type { Named, Page } from '../api/types';
import { Field, errorId } from './Field';
import { Icon } from './Icon';

export interface Picked extends Named { note?: string }

interface PickerProps {
  name: string; label: string; value: Picked[]; onChange: (value: Picked[]) => void; path?: string; choices?: Picked[]; one?: boolean; error?: string; help?: string; optional?: boolean;
  changed?: boolean; searchBy?: string[]; toChoice?: (item: never) => Picked; placeholder?: string; autofocus?: boolean;
}

/** Finds things on the server (or among the given choices) while somebody types, and keeps what was picked as chips (a combobox by the ARIA pattern). */
export const Picker = component<PickerProps>((props) => {
  const text = ref('');
  const asked = ref('');
  const open = ref(false);
  const active = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(() => text.value, (value) => {
    clearTimeout(timer);
    timer = setTimeout(() => { asked.value = value.trim(); active.value = 0; }, 160);
  });
  const filter = () => asked.value && (props.searchBy ?? ['name']).map((column) => `${column} co ${JSON.stringify(asked.value)}`).join(' or ');
  const found = useQuery<Page<Named>>(() => (open.value && props.path ? props.path + writeQuery({ limit: 12, filter: filter() }) : null), { keepPrevious: true });
  const choices = computed(() => {
    const taken = new Set(props.value.map((one) => one.id));
    if (props.choices) return props.choices.filter((item) => !taken.has(item.id) && item.name.toLowerCase().includes(text.value.trim().toLowerCase())).slice(0, 50);
    const items = (found.data?.items ?? []).map((item) => (props.toChoice ? props.toChoice(item as never) : { id: item.id, name: item.name } as Picked));
    return items.filter((item) => !taken.has(item.id));
  });
  const pick = (choice: Picked | undefined) => {
    if (!choice) return;
    props.onChange(props.one ? [choice] : [...props.value, choice]);
    text.value = '';
    if (props.one) open.value = false;
  };
  const drop = (id: string) => props.onChange(props.value.filter((one) => one.id !== id));
  const onKeydown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open.value) open.value = true;
      else active.value = Math.max(0, Math.min(choices.value.length - 1, active.value + (event.key === 'ArrowDown' ? 1 : -1)));
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (open.value) { event.preventDefault(); pick(choices.value[active.value]); }
    } else if (event.key === 'Escape' && open.value) {
      event.preventDefault();
      event.stopPropagation();
      open.value = false;
    } else if (event.key === 'Backspace' && !text.value) {
      const lastOne = props.value.at(-1);
      if (lastOne) drop(lastOne.id);
    }
  };
  return () => (
    <Field name={props.name} label={props.label} error={props.error} help={props.help} optional={props.optional} changed={props.changed}>
      <div class={['picker', { open: open.value }]}>
        <div class="picker-box">
          {props.value.map((one) => (
            <span class="chip" key={one.id}>
              {one.name}
              <button type="button" aria-label={t('picker.remove', { name: one.name })} onClick={() => drop(one.id)}><Icon name="x" size={13} /></button>
            </span>
          ))}
          {!(props.one && props.value.length > 0) && (
            <input
              id={props.name} role="combobox" autocomplete="off" aria-expanded={open.value} aria-controls={`${props.name}-list`} aria-autocomplete="list" autofocus={props.autofocus}
              aria-activedescendant={open.value && choices.value.length ? `${props.name}-${active.value}` : undefined} aria-invalid={props.error ? 'true' : undefined}
              aria-describedby={props.error ? errorId(props.name) : undefined} placeholder={props.placeholder ?? t('picker.placeholder')} value={text.value}
              onInput={(event: InputEvent) => { text.value = (event.target as HTMLInputElement).value; open.value = true; }}
              onFocus={() => { open.value = true; }} onBlur={() => { open.value = false; text.value = ''; }} onKeydown={onKeydown} onClick={() => { open.value = true; }}
            />
          )}
        </div>
        {open.value && (
          <ul class="picker-list" id={`${props.name}-list`} role="listbox" aria-label={props.label}>
            {choices.value.map((choice, index) => (
              <li
                key={choice.id} id={`${props.name}-${index}`} role="option" aria-selected={index === active.value} class={{ active: index === active.value }}
                onMousedown={(event: MouseEvent) => { event.preventDefault(); pick(choice); }} onMouseenter={() => { active.value = index; }}
              >
                <span>{choice.name}</span>{choice.note && <small>{choice.note}</small>}
              </li>
            ))}
            {!choices.value.length && <li class="none" role="option" aria-disabled="true" aria-selected="false">{found.loading ? t('loading') : found.problem ? found.problem.heading : t('picker.none')}</li>}
          </ul>
        )}
      </div>
    </Field>
  );
});
