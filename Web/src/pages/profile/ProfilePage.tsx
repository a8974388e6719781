import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may, me } from '../../core/session';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { Subscriptions } from '../notices/Subscriptions';
import { Delegations } from './Delegations';
import { Identities } from './Identities';
import { Personal } from './Personal';
import { SecondFactors } from './SecondFactors';
import { SshKeys } from './SshKeys';
import { AccessKeys } from './AccessKeys';
import { ApiTokens } from './ApiTokens';
import { WebSessions } from './WebSessions';

/** What belongs to the person: password, second factors, keys, tokens, signed-in browsers. */
export const ProfilePage = component(() => {
  const tabs = () => [
    { id: 'personal', text: t('profile.personal') },
    { id: 'second-factors', text: t('profile.second-factors') },
    { id: 'accounts', text: t('profile.accounts') },
    { id: 'ssh-keys', text: t('profile.ssh-keys') },
    { id: 'tokens', text: t('profile.tokens') },
    { id: 'access-keys', text: t('profile.access-keys') },
    { id: 'sessions', text: t('profile.sessions') },
    ...(may('tickets.delegate') ? [{ id: 'delegations', text: t('profile.delegations') }] : []),
    { id: 'notices', text: t('profile.notices') },
  ];
  return () => {
    const tab = currentTab(tabs());
    return (
      <Page title={me.value?.user.name ?? ''} narrow lead={me.value?.user.login}>
        <Tabs tabs={tabs()} label={t('page.profile')} />
        {tab === 'personal' && <Personal />}
        {tab === 'second-factors' && <SecondFactors />}
        {tab === 'accounts' && <Identities />}
        {tab === 'ssh-keys' && <SshKeys />}
        {tab === 'tokens' && <ApiTokens />}
        {tab === 'access-keys' && <AccessKeys />}
        {tab === 'sessions' && <WebSessions />}
        {tab === 'delegations' && <Delegations />}
        {tab === 'notices' && <Subscriptions />}
      </Page>
    );
  };
});
