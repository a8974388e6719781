import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { roleName, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { duration } from '../../core/time';
import { toastProblem } from '../../core/toasts';
import type { SupportWish } from '../../api/types';
import { CopyId, EmptyState, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import type { MenuItem } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { standing } from '../../pages/settings/SupportPage';

const changes = ['/support-accesses', '/audit-events'];

async function enter(wish: SupportWish): Promise<void> {
  // Opened at once: a browser refuses a window that comes later.
  const view = window.open('about:blank', '_blank');
  try {
    const { url } = await api.post<{ url: string }>(at`/support-accesses/${wish.id}/entry`);
    if (view) { view.opener = null; view.location.replace(url); } else location.assign(url);
  } catch (error) {
    view?.close();
    toastProblem(error);
  }
}

/** What support asked of tenants, and the way in where one agreed. */
export const SupportWishTable = component<{ id: string; tenant?: string }>((props) => {
  const columns: Column<SupportWish>[] = [
    { id: 'reason', title: 'support.reason', kind: 'main', cell: (wish) => wish.reason, text: (wish) => wish.reason },
    ...(props.tenant ? [] : [{ id: 'tenant', title: 'page.tenants' as const, cell: (wish: SupportWish) => <Link to={at`/tenants/${wish.tenant}`}><CopyId id={wish.tenant} short /></Link>, text: (wish: SupportWish) => wish.tenant }]),
    { id: 'operator', title: 'support.operator', cell: (wish) => <Person name={wish.operator} />, text: (wish) => wish.operator },
    { id: 'role', title: 'support.role', kind: 'tight', cell: (wish) => roleName({ name: wish.role, builtIn: wish.role }), text: (wish) => wish.role },
    { id: 'duration', title: 'support.duration', kind: 'tight', cell: (wish) => duration(wish.durationSeconds), text: (wish) => String(wish.durationSeconds) },
    { id: 'state', title: 'state', kind: 'tight', cell: (wish) => <StateTag state={standing(wish)} />, text: standing },
    { id: 'ends', title: 'support.ends', kind: 'tight', cell: (wish) => (wish.state === 'consented' ? <RelativeTime time={wish.endsAt} /> : ''), text: (wish) => wish.endsAt },
    { id: 'asked', title: 'support.asked', kind: 'tight', sort: 'asked', cell: (wish) => <RelativeTime time={wish.askedAt} />, text: (wish) => wish.askedAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['asked', 'consented', 'refused', 'revoked', 'withdrawn'].map((value) => ({ value, text: stateName(value) })) }];
  const actions = (wish: SupportWish): MenuItem[] => [
    { text: t('support.enter'), icon: 'external-link', hidden: !wish.own || !wish.isOpen || wish.state !== 'consented', onPick: () => void enter(wish) },
    { text: t('support.withdraw'), icon: 'x', danger: true, hidden: !wish.own || !wish.isOpen, onPick: () => void act(() => api.post(at`/support-accesses/${wish.id}/withdraw`), { done: t('support.withdrawn'), changes }) },
  ];
  return () => (
    <ResourceTable<SupportWish>
      id={props.id} path="/support-accesses" label={t('page.support')} columns={columns} filters={filters} rowActions={actions} always={props.tenant && `tenant eq ${JSON.stringify(props.tenant)}`}
      empty={() => <EmptyState icon="shield-lock" title={t('support-wishes.empty')} text={t('support-wishes.empty.text')} />}
    />
  );
});

export const SupportWishesPage = component(() => () => <Page title={t('page.support')}><SupportWishTable id="support-wishes" /></Page>);
