import { nextTick, onBeforeUnmount, ref } from 'vue';
import { component, h } from '../core/jsx';
import { navigate } from '../core/router';
import { Icon, type IconName } from './Icon';

export interface MenuItem { text: string; icon?: IconName; to?: string; onPick?: () => void; danger?: boolean; checked?: boolean; keepOpen?: boolean; hidden?: boolean; disabled?: boolean }

interface MenuProps { label: string; items: MenuItem[]; icon?: IconName; text?: string; button?: () => unknown; align?: 'start' | 'end'; quiet?: boolean; primary?: boolean }

/** A button with a list of things to do (the ARIA menu-button pattern). The list is fixed to the window, so no scrolling box cuts it. */
export const Menu = component<MenuProps>((props) => {
  const open = ref(false);
  const box = ref<HTMLElement>();
  const place = ref<Record<string, string>>({});
  const buttons = () => [...(box.value?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
  const outside = (event: Event) => { if (!box.value?.contains(event.target as Node)) hide(false); };
  // A long menu is scrolled itself, which moves nothing that it hangs on.
  const onScroll = (event: Event) => { if (!box.value?.contains(event.target as Node)) hide(false); };
  const show = async () => {
    const edge = box.value!.getBoundingClientRect();
    const below = innerHeight - edge.bottom > Math.min(360, props.items.length * 34 + 20) || edge.top < 200;
    place.value = {
      ...(below ? { top: `${edge.bottom + 4}px`, maxHeight: `${innerHeight - edge.bottom - 12}px` } : { bottom: `${innerHeight - edge.top + 4}px`, maxHeight: `${edge.top - 12}px` }),
      ...(props.align === 'start' ? { left: `${Math.max(8, edge.left)}px` } : { right: `${Math.max(8, document.documentElement.clientWidth - edge.right)}px` }),
    };
    open.value = true;
    addEventListener('mousedown', outside, true);
    addEventListener('scroll', onScroll, { capture: true });
    await nextTick();
    // A long word at the edge of a telephone would stand outside of it.
    const list = box.value?.querySelector('.menu-list')?.getBoundingClientRect();
    const { left: _, right: __, ...height } = place.value;
    if (list && list.left < 8) place.value = { ...height, left: '8px' };
    else if (list && list.right > document.documentElement.clientWidth - 8) place.value = { ...height, right: '8px' };
    buttons()[0]?.focus();
  };
  const hide = (focus = true) => {
    if (!open.value) return;
    open.value = false;
    removeEventListener('mousedown', outside, true);
    removeEventListener('scroll', onScroll, true);
    if (focus) box.value?.querySelector('button')?.focus();
  };
  onBeforeUnmount(() => hide(false));
  const pick = (item: MenuItem) => {
    if (!item.keepOpen) hide();
    item.onPick?.();
    if (item.to) void navigate(item.to);
  };
  const onKeydown = (event: KeyboardEvent) => {
    if (!open.value) return;
    const list = buttons();
    const index = list.indexOf(document.activeElement as HTMLElement);
    const goal = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: list.length - 1 }[event.key];
    if (goal !== undefined) { event.preventDefault(); list[(goal + list.length) % list.length]?.focus(); }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); hide(); }
    if (event.key === 'Tab') hide(false);
  };
  return () => (
    <div class="menu" ref={box} onKeydown={onKeydown}>
      <button
        type="button" class={props.button ? 'bare' : props.text ? ['button', props.primary ? 'primary' : props.quiet ? 'quiet' : 'plain'] : 'icon-button'} title={props.text ? undefined : props.label} aria-label={props.label}
        aria-haspopup="menu" aria-expanded={open.value} onClick={(event: MouseEvent) => { event.stopPropagation(); event.preventDefault(); if (open.value) hide(); else void show(); }}
      >
        {props.button ? (props.button() as never) : [props.icon && <Icon name={props.icon} />, props.text, props.text && <Icon name="chevron-down" size={14} />]}
      </button>
      {open.value && (
        <div class="menu-list" role="menu" aria-label={props.label} style={place.value}>
          {props.items.filter((item) => !item.hidden).map((item) => (
            <button
              type="button" role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'} aria-checked={item.checked} class={{ danger: item.danger }} disabled={item.disabled} tabindex="-1"
              onClick={(event: MouseEvent) => { event.stopPropagation(); pick(item); }}
            >
              {item.checked !== undefined ? <span class="check">{item.checked && <Icon name="check" size={15} />}</span> : item.icon && <Icon name={item.icon} size={16} />}
              <span>{item.text}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
});
