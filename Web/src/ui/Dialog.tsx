import { onBeforeUnmount, onMounted, ref } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { IconButton } from './Button';

interface DialogProps { title: string; onClose: () => void; drawer?: boolean; wide?: boolean; onKeydown?: (event: KeyboardEvent) => void; footer?: () => unknown }

/** A modal dialog or drawer. The browser's own one keeps the focus inside, makes the rest inert and gives the focus back. */
export const Dialog = component<DialogProps>((props, slots) => {
  const element = ref<HTMLDialogElement>();
  let opener: Element | null = null;
  onMounted(() => {
    opener = document.activeElement;
    element.value?.showModal();
    const wanted = element.value?.querySelector<HTMLElement>('.dialog-body [autofocus]');
    const first = element.value?.querySelector<HTMLElement>('.dialog-body input:not([type=hidden], [type=radio]:not(:checked)), .dialog-body textarea, .dialog-body select');
    (wanted ?? first ?? element.value)?.focus();
  });
  onBeforeUnmount(() => {
    element.value?.close();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  let pressedOutside = false;
  return () => (
    <dialog
      ref={element} class={['dialog', { drawer: props.drawer, wide: props.wide }]} aria-label={props.title} tabindex="-1" onKeydown={props.onKeydown}
      onCancel={(event: Event) => { if (event.target !== element.value) return; event.preventDefault(); props.onClose(); }}
      onMousedown={(event: MouseEvent) => { pressedOutside = event.target === element.value; }}
      onClick={(event: MouseEvent) => { if (pressedOutside && event.target === element.value) props.onClose(); }}
    >
      <div class="dialog-frame">
        <header class="dialog-head">
          <h2>{props.title}</h2>
          <IconButton icon="x" label={t('close')} onClick={() => props.onClose()} />
        </header>
        <div class="dialog-body">{slots.default?.()}</div>
        {props.footer && <footer class="dialog-foot">{props.footer() as never}</footer>}
      </div>
    </dialog>
  );
});
