import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { platformName, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { may } from '../../core/session';
import type { Asset } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
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
  const actions = (asset: Asset) => [
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = asset; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void deleteAsset(asset) },
  ];
  return () => (
    <Page title={t('page.assets')} actions={() => may('assets.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('asset.new')}</Button>}>
      <div class="columns left">
        <NodeTree />
        <ResourceTable<Asset>
          id="assets" path="/assets" label={t('page.assets')} columns={columns} filters={filters} searchBy={['name', 'address']} always={route.query.node && `node eq ${JSON.stringify(route.query.node)}`}
          rowLink={(asset) => at`/assets/${asset.id}`} rowActions={may('assets.manage') ? actions : undefined}
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
