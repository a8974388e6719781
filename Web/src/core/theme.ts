import { shallowRef } from 'vue';

export type Theme = 'system' | 'light' | 'dark';
const stored = 'gatehouse.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const chosen = shallowRef<Theme>((localStorage.getItem(stored) as Theme | null) ?? 'system');
/** Whether the page is dark now; terminals follow it. */
export const isDark = shallowRef(false);

export const theme = (): Theme => chosen.value;

export function setTheme(value: Theme): void {
  chosen.value = value;
  localStorage.setItem(stored, value);
  apply();
}

export function startTheme(): void {
  dark.addEventListener('change', apply);
  apply();
}

function apply(): void {
  isDark.value = chosen.value === 'dark' || (chosen.value !== 'light' && dark.matches);
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
}
