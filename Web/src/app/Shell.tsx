import { ref } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { remembered } from '../core/preferences';
import { QuotaBanner } from '../pages/settings/QuotaBanner';
import { CommandPalette } from './CommandPalette';
import { paletteOpen } from './palette';
import { SideNav } from './SideNav';
import { TopBar } from './TopBar';

const narrow = remembered('nav.narrow', false);

/** The frame of the portal: bar, navigation, page. */
export const Shell = component((_, slots) => {
  const menu = ref(false);
  return () => (
    <div class={['shell', { 'menu-open': menu.value }]} onKeydown={(event: KeyboardEvent) => { if (event.key === 'Escape') menu.value = false; }}>
      <a class="skip" href="#main" onClick={(event: Event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{t('nav.skip')}</a>
      <TopBar onMenu={() => { menu.value = !menu.value; }} menuOpen={menu.value} />
      <SideNav narrow={narrow.get()} onNarrow={() => narrow.set(!narrow.get())} onPick={() => { menu.value = false; }} />
      <div class="curtain" onClick={() => { menu.value = false; }} />
      <main id="main" tabindex="-1"><QuotaBanner />{slots.default?.()}</main>
      {paletteOpen.value && <CommandPalette />}
    </div>
  );
});
