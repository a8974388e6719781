import { nextTick, onMounted, ref, watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { remembered } from '../core/preferences';
import { route } from '../core/router';
import type { NavArea } from './areas';
import { SideNav } from './SideNav';
import { TopBar } from './TopBar';

interface FrameProps { areas: () => NavArea[]; leave: () => void; count?: (path: string) => number; search?: () => void }

const narrow = remembered('nav.narrow', false);

/** The frame around every page: bar, navigation, page. */
export const Frame = component<FrameProps>((props, slots) => {
  const menu = ref(false);
  // Where one is stands in sight, however long the navigation is.
  const showCurrent = () => {
    const box = document.querySelector<HTMLElement>('.side-scroll');
    const link = box?.querySelector<HTMLElement>('[aria-current=page]');
    if (!box || !link) return;
    if (link.offsetTop < box.scrollTop || link.offsetTop + link.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = link.offsetTop - box.clientHeight / 2;
  };
  onMounted(showCurrent);
  watch(() => [route.path, menu.value], () => void nextTick(showCurrent));
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
