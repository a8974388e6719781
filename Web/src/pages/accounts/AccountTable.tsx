import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { navigate } from '../../core/router';
import { may } from '../../core/session';
import type { Account, Asset } from '../../api/types';
import { EmptyState, RelativeTime, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { AccountForm, SecretForm } from './AccountForms';
import { Reveal } from './Reveal';
import { deleteAccount } from './actions';
import { Known, knownFilter, mayAskForSecrets } from './checkOuts';
import { secretRequest } from '../tickets/request';

type Open = { what: 'new' } | { what: 'edit' | 'secret' | 'reveal'; account: Account } | null;

/** Logins on assets, of one asset or of all, with what can be done to their secrets. */
export const AccountTable = component<{ asset?: Asset }>((props) => {
  const open = shallowRef<Open>(null);
  const close = () => { open.value = null; };
  const create = () => { open.value = { what: 'new' }; };
  const secret = (account: Account) => (account.hasSecret
    ? <div>{t('account.secret.version', { version: account.secretVersion })} {account.known && <Known known={account.known} />}</div>
    : <Tag tone="bad">{t('account.secret.missing')}</Tag>);
  const columns: Column<Account>[] = [
    {
      id: 'name', title: 'account', kind: 'main', sort: 'name', text: (account) => account.name,
      cell: (account) => [<code>{account.name}</code>, account.privileged && [' ', <Tag tone="wait">{t('account.privileged')}</Tag>], account.exclusive && [' ', <Tag>{t('account.exclusive')}</Tag>]],
    },
    { id: 'asset', title: 'asset', off: !!props.asset, cell: (account) => <Link to={at`/assets/${account.asset}`}>{account.assetName}</Link>, text: (account) => account.assetName },
    { id: 'kind', title: 'account.kind', cell: (account) => kindName(account.kind) },
    { id: 'secret', title: 'account.secret', cell: secret, text: (account) => String(account.secretVersion) },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (account) => <RelativeTime time={account.createdAt} />, text: (account) => account.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'kind', title: 'account.kind', choices: ['password', 'ssh-key'].map((value) => ({ value, text: kindName(value) })) }, knownFilter()];
  const actions = (account: Account) => [
    { text: t('reveal.open'), icon: 'eye' as const, hidden: !may('accounts.reveal') || !account.hasSecret, onPick: () => { open.value = { what: 'reveal', account }; } },
    { text: t('check-out.ask'), icon: 'ticket' as const, hidden: !mayAskForSecrets() || !account.hasSecret, onPick: () => void navigate(secretRequest({ id: account.asset, name: account.assetName }, account.name)) },
    { text: t('account.set-secret'), icon: 'key' as const, hidden: !may('accounts.manage'), onPick: () => { open.value = { what: 'secret', account }; } },
    { text: t('edit'), icon: 'edit' as const, hidden: !may('accounts.manage'), onPick: () => { open.value = { what: 'edit', account }; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, hidden: !may('accounts.manage'), onPick: () => void deleteAccount(account) },
  ];
  const newButton = () => may('accounts.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('account.new')}</Button>;
  const body = () => {
    const now = open.value;
    return (
      <div>
        {props.asset && <div class="row end">{newButton()}</div>}
        <ResourceTable<Account>
          id={props.asset ? 'asset-accounts' : 'accounts'} path="/accounts" label={t('page.accounts')} columns={columns} filters={filters} searchBy={['name']}
          always={props.asset && `asset eq "${props.asset.id}"`} rowActions={actions}
          empty={() => <EmptyState icon="key" title={t('accounts.empty')} text={t('accounts.empty.text')} action={may('accounts.manage') ? t('account.new') : undefined} onAction={create} />}
        />
        {now?.what === 'new' && <AccountForm account={null} asset={props.asset} onClose={close} />}
        {now?.what === 'edit' && <AccountForm account={now.account} onClose={close} />}
        {now?.what === 'secret' && <SecretForm account={now.account} onClose={close} />}
        {now?.what === 'reveal' && <Reveal name={`${now.account.name}@${now.account.assetName}`} path={at`/accounts/${now.account.id}/reveal`} asksWhy text={t('reveal.text')} onClose={close} />}
      </div>
    );
  };
  return () => (props.asset ? body() : <Page title={t('page.accounts')} actions={newButton}>{body()}</Page>);
});

export const kindName = (kind: string): string => (kind === 'ssh-key' ? t('account.kind.ssh-key') : kind === 'password' ? t('account.kind.password') : kind);

export const AccountsPage = component(() => () => <AccountTable />);
