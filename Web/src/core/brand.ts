import { shallowRef, watch } from 'vue';
import { api } from './client';
import { accents, parseColor } from './color';
import { setLanguage, hasChosenLanguage } from './i18n';
import { loadTenant, me, tenant } from './session';
import { isDark } from './theme';

/** The company's logo as an address of this page, or null for ours. */
export const logo = shallowRef<string | null>(null);
/** A colour that is tried out, in place of the company's. */
export const triedColor = shallowRef<string | null | undefined>(undefined);

function paint(): void {
  const color = parseColor((triedColor.value === undefined ? tenant.value?.color : triedColor.value) ?? '');
  const style = document.documentElement.style;
  for (const name of ['--accent', '--accent-hover', '--accent-soft', '--on-accent', '--focus']) style.removeProperty(name);
  if (color) for (const [name, value] of Object.entries(accents(color, isDark.value))) style.setProperty(name, value);
}

async function loadLogo(print: string | null | undefined): Promise<void> {
  const before = logo.value;
  try {
    logo.value = print ? URL.createObjectURL(await (await api.send({ method: 'GET', path: '/auth/logo', quiet: true })).blob()) : null;
  } catch {
    // Ours is good enough.
    logo.value = null;
  }
  if (before) URL.revokeObjectURL(before);
}

/** Dresses the portal in the company's colour and logo, and speaks its language to those who have chosen none. */
export function startBrand(): void {
  watch(() => [tenant.value?.color, triedColor.value, isDark.value] as const, paint, { immediate: true });
  watch(() => tenant.value?.logo, loadLogo);
  watch(() => me.value?.tenant?.language ?? tenant.value?.language, (language) => {
    // With English, what the browser asks for counts.
    if (language && language !== 'en' && !me.value?.user.language && !hasChosenLanguage()) void setLanguage(language, false);
  });
  void loadTenant().catch(() => undefined);
}
