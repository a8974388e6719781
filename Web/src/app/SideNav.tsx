import { h, view } from '../core/jsx';
import { t } from '../core/i18n';
import { route } from '../core/router';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import type { NavArea } from './areas';

const isCurrent = (path: string) => (path === '/' ? route.path === '/' : route.path === path || route.path.startsWith(`${path}/`));

/** Where one can go, by what people do. */
export const SideNav = view<{ areas: NavArea[]; count?: (path: string) => number; narrow: boolean; onNarrow: () => void; onPick: () => void }>((props) => {
  const count = (path: string): number => props.count?.(path) ?? 0;
  return (
    <nav class={['side-nav', { narrow: props.narrow }]} aria-label={t('nav.main')}>
      <div class="side-scroll">
        {props.areas.map((area) => (
          <section key={area.title}>
            <h2>{t(area.title)}</h2>
            <ul>
              {area.pages.map((page) => (
                <li key={page.path}>
                  <Link to={page.path} current={isCurrent(page.path)} title={props.narrow ? t(page.title) : undefined} onClick={props.onPick}>
                    <Icon name={page.icon} /><span class="text">{t(page.title)}</span>
                    {count(page.path) > 0 && <span class="count">{count(page.path)}</span>}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div class="side-foot">
        <IconButton icon={props.narrow ? 'layout-sidebar-left-expand' : 'layout-sidebar-left-collapse'} label={props.narrow ? t('nav.expand') : t('nav.collapse')} onClick={props.onNarrow} />
      </div>
    </nav>
  );
});
