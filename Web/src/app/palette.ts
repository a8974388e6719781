import { ref } from 'vue';

export const paletteOpen = ref(false);
export const openPalette = (): void => { paletteOpen.value = true; };
export const closePalette = (): void => { paletteOpen.value = false; };

/** Ctrl-K (or Command-K) from anywhere but a terminal, which needs its keys. */
export function startPalette(): void {
  addEventListener('keydown', (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if ((event.target as Element | null)?.closest?.('.xterm')) return;
    event.preventDefault();
    paletteOpen.value = !paletteOpen.value;
  });
}
