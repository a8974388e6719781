import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { platformName, stateName } from '../../core/names';
import { at, writeQuery } from '../../core/paths';
import { route } from '../../core/router';
import { may } from '../../core/session';
import { toast, toastProblem } from '../../core/toasts';
import type { Asset, Page as Paged } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { isInBasket, most, putAndSay } from '../tickets/basket';
import { AssetForm } from './AssetForm';
import { NodeTree } from './NodeTree';
import { deleteAsset } from './actions';

/** The estate: folders at the side, assets in the table. */
export const AssetsPage = component(() => {
  const editing = shallowRef<Asset | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const columns: Column<Asset>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (asset) => [<Link to={at`/assets/${asset.id}`}>{asset.name}</Link>, asset.description && <small class="clip">{asset.description}</small>], text: (asset) => asset.name },
    { id: 'address', title: 'address', cell: (asset) => <code>{asset.port === 22 ? asset.address : `${asset.address}:${asset.port}`}</code>, text: (asset) => `${asset.address}:${asset.port}` },
    { id: 'platform', title: 'platform', off: true, cell: (asset) => platformName(asset.platform) },
    { id: 'labels', title: 'asset.labels', cell: (asset) => <span class="chips">{asset.labels.map((label) => <Tag key={label.key}>{label.key}={label.value}</Tag>)}</span>, text: (asset) => asset.labels.map((label) => `${label.key}=${label.value}`).join(' ') },
    { id: 'keys', title: 'asset.host-keys', kind: 'tight', cell: (asset) => keyState(asset) },
    { id: 'state', title: 'state', kind: 'tight', cell: (asset) => <StateTag state={asset.state} />, text: (asset) => asset.state },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (asset) => <RelativeTime time={asset.createdAt} />, text: (asset) => asset.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['active', 'disabled'].map((value) => ({ value, text: stateName(value) })) }];
  const ask = (assets: Asset[]) => {
    const active = assets.filter((asset) => asset.state === 'active');
    if (active.length) putAndSay(active);
    if (active.length < assets.length) toast(t('basket.disabled', { names: assets.filter((asset) => asset.state !== 'active').map((asset) => asset.name).join(', ') }), { kind: 'note' });
  };
  const wholeFolder = async () => {
    try {
      const page = await api.get<Paged<Asset>>('/assets' + writeQuery({ filter: `node eq ${JSON.stringify(route.query.node)} and state eq "active"`, limit: most }));
      if (page.items.length) putAndSay(page.items);
      else toast(t('basket.folder.empty'), { kind: 'note' });
      if (page.next) toast(t('basket.folder.more', { count: most }), { kind: 'note' });
    } catch (error) {
      toastProblem(error);
    }
  };
  const requests = (asset: Asset) => [{ text: t('basket.put'), icon: 'ticket' as const, hidden: !may('tickets.open'), disabled: asset.state !== 'active' || isInBasket(asset.id), onPick: () => ask([asset]) }];
  const actions = (asset: Asset) => [
    ...requests(asset),
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = asset; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void deleteAsset(asset) },
  ];
  return () => (
    <Page title={t('page.assets')} actions={() => [
      route.query.node && may('tickets.open') && <Button icon="ticket" onClick={() => void wholeFolder()}>{t('basket.folder')}</Button>,
      may('assets.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('asset.new')}</Button>,
    ]}>
      <div class="columns left">
        <NodeTree />
        <ResourceTable<Asset>
          id="assets" path="/assets" label={t('page.assets')} columns={columns} filters={filters} searchBy={['name', 'address']} always={route.query.node && `node eq ${JSON.stringify(route.query.node)}`}
          rowLink={(asset) => at`/assets/${asset.id}`} rowActions={may('assets.manage') ? actions : may('tickets.open') ? requests : undefined}
          bulk={may('tickets.open') ? (rows, clear) => <Button small kind="primary" icon="ticket" onClick={() => { ask(rows); clear(); }}>{t('basket.put')}</Button> : undefined}
          empty={() => <EmptyState icon="server-2" title={t('assets.empty')} text={t('assets.empty.text')} action={may('assets.manage') ? t('asset.new') : undefined} onAction={create} />}
        />
      </div>
      {editing.value && <AssetForm asset={editing.value === 'new' ? null : editing.value} node={route.query.node} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});

function keyState(asset: Asset): unknown {
  const pinned = asset.hostKeys.some((key) => key.state === 'pinned');
  const waiting = asset.hostKeys.some((key) => key.state !== 'pinned' && key.state !== 'refused');
  if (pinned && waiting) return <Tag tone="bad">{t('host-keys.changed')}</Tag>;
  return pinned ? <Tag tone="good">{t('host-keys.pinned')}</Tag> : <Tag tone="wait">{t('host-keys.missing')}</Tag>;
}
