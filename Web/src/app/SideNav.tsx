import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { route } from '../core/router';
import { may } from '../core/session';
import { useQuery } from '../core/query';
import type { Page, Ticket } from '../api/types';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';
import { navigation } from './navigation';
import { workspace } from '../terminal/workspace';

const isCurrent = (path: string) => (path === '/' ? route.path === '/' : route.path === path || route.path.startsWith(`${path}/`));

/** Where one can go, by what people do. */
export const SideNav = component<{ narrow: boolean; onNarrow: () => void; onPick: () => void }>((props) => {
  const inbox = useQuery<Page<Ticket>>(() => (may('tickets.decide') ? '/inbox?limit=50' : null));
  const count = (path: string): number => (path === '/inbox' ? inbox.data?.items.length ?? 0 : path === '/workspace' ? workspace.tabs.length : 0);
  return () => (
    <nav class={['side-nav', { narrow: props.narrow }]} aria-label={t('nav.main')}>
      <div class="side-scroll">
        {navigation().map((area) => (
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
