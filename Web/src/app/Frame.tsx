import { ref } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { remembered } from '../core/preferences';
import type { NavArea } from './areas';
import { SideNav } from './SideNav';
import { TopBar } from './TopBar';

interface FrameProps { areas: () => NavArea[]; leave: () => void; count?: (path: string) => number; search?: () => void }

const narrow = remembered('nav.narrow', false);

/** The frame around every page: bar, navigation, page. */
export const Frame = component<FrameProps>((props, slots) => {
  const menu = ref(false);
  return () => (
    <div class={['shell', { 'menu-open': menu.value }]} onKeydown={(event: KeyboardEvent) => { if (event.key === 'Escape') menu.value = false; }}>
      <a class="skip" href="#main" onClick={(event: Event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{t('nav.skip')}</a>
      <TopBar onMenu={() => { menu.value = !menu.value; }} menuOpen={menu.value} leave={props.leave} search={props.search} />
      <SideNav areas={props.areas()} count={props.count} narrow={narrow.get()} onNarrow={() => narrow.set(!narrow.get())} onPick={() => { menu.value = false; }} />
      <div class="curtain" onClick={() => { menu.value = false; }} />
      <main id="main" tabindex="-1">{slots.default?.()}</main>
    </div>
  );
});
