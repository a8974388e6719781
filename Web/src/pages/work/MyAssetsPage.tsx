import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { platformName } from '../../core/names';
import { navigate } from '../../core/router';
import { may } from '../../core/session';
import type { ReachableAccount, ReachableAsset } from '../../api/types';
import { EmptyState, RelativeTime } from '../../ui/bits';
import { Button, IconButton } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { connect } from '../../terminal/workspace';
import { mayAskForSecrets } from '../accounts/checkOuts';
import { secretRequest } from '../tickets/request';
import { NativeClient } from './NativeClient';

/** What this person reaches now: one click to a shell, or the line for their own client. */
export const MyAssetsPage = component(() => {
  const native = shallowRef<{ asset: ReachableAsset; account: string } | null>(null);
  const ways = (asset: ReachableAsset, account: ReachableAccount) => (
    <div class="way" key={account.name}>
      <span class="grow"><b>{account.name}</b>{account.until && <small>{t('my-assets.until')} <RelativeTime time={account.until} /></small>}</span>
      <Button small kind="primary" icon="terminal-2" title={t('palette.connect', { account: account.name, asset: asset.name })} onClick={() => connect(asset, account.name)}>{t('connect')}</Button>
      <IconButton icon="clipboard" label={t('native.open')} onClick={() => { native.value = { asset, account: account.name }; }} />
      {account.hasSecret && mayAskForSecrets() && <IconButton icon="key" label={t('check-out.ask.of', { name: `${account.name}@${asset.name}` })} onClick={() => void navigate(secretRequest(asset, account.name))} />}
    </div>
  );
  const columns: Column<ReachableAsset>[] = [
    { id: 'name', title: 'asset', kind: 'main', sort: 'name', cell: (asset) => [asset.name, <small>{asset.address}</small>], text: (asset) => asset.name },
    { id: 'address', title: 'address', off: true, cell: (asset) => asset.address },
    { id: 'platform', title: 'platform', cell: (asset) => platformName(asset.platform) },
    { id: 'accounts', title: 'my-assets.accounts', cell: (asset) => asset.accounts.length ? <div class="ways">{asset.accounts.map((account) => ways(asset, account))}</div> : <span class="faint">{t('my-assets.no-account')}</span>, text: (asset) => asset.accounts.map((account) => account.name).join(' ') },
  ];
  const request = () => may('tickets.open') && <Link class="button" to="/requests?new=1">{t('requests.new')}</Link>;
  return () => (
    <Page title={t('page.my-assets')} actions={request}>
      <ResourceTable<ReachableAsset>
        id="my-assets" path="/my/assets" label={t('page.my-assets')} columns={columns} searchBy={['name', 'address']}
        empty={() => <EmptyState icon="terminal-2" title={t('my-assets.empty')} text={t('my-assets.empty.text')} action={may('tickets.open') ? t('requests.new') : undefined} to="/requests?new=1" />}
      />
      {native.value && <NativeClient asset={native.value.asset} account={native.value.account} onClose={() => { native.value = null; }} />}
    </Page>
  );
});
