import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Asset, List, Node } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { AuditTable } from '../audit/AuditTable';
import { AccountTable } from '../accounts/AccountTable';
import { SessionTable } from '../sessions/SessionTable';
import { isInBasket, putAndSay } from '../tickets/basket';
import { AssetForm } from './AssetForm';
import { HostKeys } from './HostKeys';
import { deleteAsset } from './actions';
import { nodePath } from './nodes';

export const AssetPage = component(() => {
  const id = route.params.asset ?? '';
  const answer = useQuery<Asset>(() => at`/assets/${id}`);
  const nodes = useQuery<List<Node>>(() => '/nodes');
  const editing = ref(false);
  const tabs = () => [
    { id: 'overview', text: t('tab.overview') },
    ...(may('accounts.read') ? [{ id: 'accounts', text: t('page.accounts') }] : []),
    ...(may('sessions.read') ? [{ id: 'sessions', text: t('page.sessions') }] : []),
    ...(may('audit.read') ? [{ id: 'audit', text: t('page.audit') }] : []),
  ];
  const remove = async (asset: Asset) => { if (await deleteAsset(asset)) await navigate('/assets', { replace: true }); };
  const node = (node: string) => {
    const list = nodes.data?.items ?? [];
    const found = list.find((one) => one.id === node);
    return found && <Link key={node} to={`/assets?node=${encodeURIComponent(node)}`}>{nodePath(found, list)}</Link>;
  };
  const overview = (asset: Asset) => (
    <div>
      <Facts>
        <Fact label="address"><code>{asset.address}:{asset.port}</code></Fact>
        <Fact label="platform">{platformName(asset.platform)}</Fact>
        <Fact label="asset.nodes">{asset.nodes.length ? asset.nodes.map((one, index) => [index > 0 && ', ', node(one)]) : '–'}</Fact>
        <Fact label="asset.labels">{asset.labels.length ? <span class="chips">{asset.labels.map((label) => <Tag key={label.key}>{label.key}={label.value}</Tag>)}</span> : '–'}</Fact>
        {asset.owner && <Fact label="asset.owner">{asset.owner.name}</Fact>}
        <Fact label="created"><RelativeTime time={asset.createdAt} /></Fact>
        <Fact label="id"><CopyId id={asset.id} short /></Fact>
      </Facts>
      <HostKeys asset={asset} />
    </div>
  );
  const show = (asset: Asset) => {
    const tab = currentTab(tabs());
    return (
      <Page
        title={asset.name} state={() => <StateTag state={asset.state} />} lead={asset.description}
        actions={() => [
          may('tickets.open') && <Button icon="ticket" disabled={asset.state !== 'active' || isInBasket(asset.id)} title={asset.state === 'active' ? undefined : t('basket.disabled', { names: asset.name })} onClick={() => putAndSay([{ id: asset.id, name: asset.name }])}>{t(isInBasket(asset.id) ? 'basket.is-in' : 'basket.put')}</Button>,
          ...(may('assets.manage') ? [<Button icon="edit" onClick={() => { editing.value = true; }}>{t('edit')}</Button>, <Button kind="danger" icon="trash" onClick={() => void remove(asset)}>{t('delete')}</Button>] : []),
        ]}
      >
        <Tabs tabs={tabs()} label={asset.name} />
        {tab === 'overview' && overview(asset)}
        {tab === 'accounts' && <AccountTable asset={asset} />}
        {tab === 'sessions' && <SessionTable id="asset-sessions" path="/sessions" link="/sessions" label={t('page.sessions')} always={`asset eq "${asset.id}"`} empty={() => <EmptyState icon="video" title={t('sessions.empty')} text={t('sessions.empty.text')} />} />}
        {tab === 'audit' && <AuditTable id="asset-audit" always={`targetId eq "${asset.id}"`} />}
        {editing.value && <AssetForm asset={asset} onClose={() => { editing.value = false; }} />}
      </Page>
    );
  };
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
