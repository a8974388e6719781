import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { LockedAccount, LockedAddress } from '../../api/types';
import { EmptyState, Person, RelativeTime, Section } from '../../ui/bits';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

const accountsPath = '/locked-accounts';
const addressesPath = '/locked-addresses';

const unlockAccount = (account: LockedAccount) => act(() => api.post(at`/users/${account.user}/unlock`), { done: t('user.unlocked', { name: account.name }), changes: [accountsPath, '/users'] });
const unlockAddress = ({ address }: LockedAddress) => act(() => api.post(`${addressesPath}/unlock`, { address }), { done: t('lock.address.unlocked', { address }), changes: [addressesPath] });

const why = (failures: number): string => t('lock.why', { failures });

/** What failed sign-ins have locked: whom, from where, why and until when. */
export const SignInLocksPage = component(() => {
  const accounts: Column<LockedAccount>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (account) => <Person name={account.name} to={at`/users/${account.user}`} />, text: (account) => account.name },
    { id: 'login', title: 'login', sort: 'login', cell: (account) => <code>{account.login}</code>, text: (account) => account.login },
    { id: 'why', title: 'lock.reason', cell: (account) => why(account.failures), text: (account) => String(account.failures) },
    { id: 'until', title: 'lock.until', kind: 'tight', sort: 'lockedUntil', cell: (account) => <RelativeTime time={account.lockedUntil} />, text: (account) => account.lockedUntil },
  ];
  const addresses: Column<LockedAddress>[] = [
    { id: 'address', title: 'lock.address', kind: 'main', sort: 'address', cell: (locked) => <code>{locked.address}</code>, text: (locked) => locked.address },
    { id: 'why', title: 'lock.reason', cell: (locked) => why(locked.failures), text: (locked) => String(locked.failures) },
    { id: 'since', title: 'lock.since', kind: 'tight', cell: (locked) => <RelativeTime time={locked.since} />, text: (locked) => locked.since },
    { id: 'last', title: 'lock.last', kind: 'tight', cell: (locked) => <RelativeTime time={locked.lastFailureAt} />, text: (locked) => locked.lastFailureAt },
    { id: 'until', title: 'lock.until', kind: 'tight', sort: 'lockedUntil', cell: (locked) => <RelativeTime time={locked.lockedUntil} />, text: (locked) => locked.lockedUntil },
  ];
  const unlock = (work: () => unknown) => [{ text: t('user.unlock'), icon: 'lock-open' as const, onPick: () => void work() }];
  return () => (
    <Page title={t('page.sign-in-locks')} lead={t('lock.lead')}>
      {may('users.read') && (
        <Section title={t('lock.accounts')}>
          <ResourceTable<LockedAccount>
            id="locked-accounts" path={accountsPath} label={t('lock.accounts')} columns={accounts} searchBy={['name', 'login']}
            rowActions={may('users.manage') ? (account) => unlock(() => unlockAccount(account)) : undefined}
            empty={() => <EmptyState icon="lock-open" title={t('lock.accounts.empty')} text={t('lock.accounts.empty.text')} />}
          />
        </Section>
      )}
      <Section title={t('lock.addresses')}>
        <ResourceTable<LockedAddress>
          id="locked-addresses" path={addressesPath} label={t('lock.addresses')} columns={addresses} searchBy={['address']}
          rowActions={may('sign-in-locks.manage') ? (locked) => unlock(() => unlockAddress(locked)) : undefined}
          empty={() => <EmptyState icon="lock-open" title={t('lock.addresses.empty')} text={t('lock.addresses.empty.text')} />}
        />
      </Section>
    </Page>
  );
});
