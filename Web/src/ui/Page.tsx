import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { find, route } from '../core/router';
import { Icon } from './Icon';
import { Link } from './Link';

interface PageProps { title: string; actions?: () => unknown; state?: () => unknown; lead?: string; narrow?: boolean; full?: boolean }

/** The frame of every page: where it is, what it is called, what can be done. */
export const Page = component<PageProps>((props, slots) => () => {
  const parent = route.page?.parent ? find(route.page.parent)?.page : undefined;
  return (
    <div class={['page', { narrow: props.narrow, full: props.full }]}>
      <header class="page-head">
        <div class="page-title">
          {parent && (
            <nav class="breadcrumbs" aria-label={t('breadcrumbs')}>
              <Link to={parent.path}>{t(parent.title)}</Link><Icon name="chevron-right" size={14} /><span aria-current="page">{props.title}</span>
            </nav>
          )}
          <div class="row"><h1>{props.title}</h1>{props.state?.() as never}</div>
          {props.lead && <p class="lead">{props.lead}</p>}
        </div>
        {props.actions && <div class="page-actions">{props.actions() as never}</div>}
      </header>
      {slots.default?.()}
    </div>
  );
});
