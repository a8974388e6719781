import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import { number } from '../../core/time';
import type { IdentityLink, IdentityProvider } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { service } from './cas';
import { callback } from './BrowserForm';
import { ProviderEditor } from './ProviderEditor';
import { ProvisioningSection } from './ProvisioningSection';
import { place } from './saml';
import { SyncSection } from './SyncSection';
import { TestConsole } from './TestConsole';
import { removeProvider, switchProvider, unlink } from './actions';

/** A provider with its test and the people who come in through it. */
export const ProviderPage = component(() => {
  const id = route.params.provider ?? '';
  const answer = useQuery<IdentityProvider>(() => at`/identity-providers/${id}`);
  const editing = ref(false);
  const columns: Column<IdentityLink>[] = [
    { id: 'login', title: 'login', kind: 'main', sort: 'login', cell: (link) => <Link to={at`/users/${link.user}`}>{link.login}</Link>, text: (link) => link.login },
    { id: 'name', title: 'name', cell: (link) => link.name },
    { id: 'subject', title: 'provider.attribute.subject', cell: (link) => <span class="chips"><code class="clip" title={link.subject}>{link.subject}</code>{link.boundByUser && <Tag>{t('provider.link.bound')}</Tag>}</span>, text: (link) => link.subject },
    { id: 'last', title: 'provider.link.last', kind: 'tight', cell: (link) => <RelativeTime time={link.lastSignInAt} />, text: (link) => link.lastSignInAt ?? '' },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', off: true, cell: (link) => <RelativeTime time={link.createdAt} />, text: (link) => link.createdAt },
  ];
  const show = (provider: IdentityProvider) => (
    <Page
      title={provider.name} state={() => <StateTag state={provider.enabled ? 'enabled' : 'disabled'} />}
      actions={() => may('identity-providers.manage') && [
        <Button icon="edit" onClick={() => { editing.value = true; }}>{t('edit')}</Button>,
        <Button onClick={() => void switchProvider(provider)}>{t(provider.enabled ? 'provider.disable' : 'provider.enable')}</Button>,
        <Button kind="danger" icon="trash" onClick={async () => { if (await removeProvider(provider)) await navigate('/identity-providers', { replace: true }); }}>{t('delete')}</Button>,
      ]}
    >
      <Facts>
        <Fact label="provider.kind">{tKnown(`provider-kind.${provider.settings.kind}`, provider.settings.kind)}</Fact>
        {(provider.settings.kind === 'ldap' || provider.settings.kind === 'radius') && <Fact label="provider.servers"><span class="chips">{provider.settings.servers.map(({ host, port }) => <Tag key={`${host}:${port}`}>{`${host}:${port}`}</Tag>)}</span></Fact>}
        {provider.settings.kind === 'oidc' && [
          <Fact label="provider.issuer"><code>{provider.settings.issuer}</code></Fact>,
          <Fact label="provider.clientId"><code>{provider.settings.clientId}</code></Fact>,
          <Fact label="provider.callback"><CopyId id={callback(provider)} /></Fact>,
        ]}
        {provider.settings.kind === 'saml' && [
          <Fact label="provider.saml.entityId"><code>{provider.settings.entityId}</code></Fact>,
          <Fact label="provider.saml.metadata"><CopyId id={place(provider, 'metadata')} /></Fact>,
          <Fact label="provider.saml.consumer"><CopyId id={place(provider, 'response')} /></Fact>,
        ]}
        {provider.settings.kind === 'cas' && [
          <Fact label="provider.cas.serverUrl"><code>{provider.settings.serverUrl}</code></Fact>,
          <Fact label="provider.cas.service"><CopyId id={service(provider)} /></Fact>,
        ]}
        {provider.settings.kind === 'oauth2' && [
          <Fact label="provider.authorizationUrl"><code>{provider.settings.authorizationUrl}</code></Fact>,
          <Fact label="provider.clientId"><code>{provider.settings.clientId}</code></Fact>,
          <Fact label="provider.callback"><CopyId id={callback(provider)} /></Fact>,
        ]}
        {provider.settings.kind === 'messenger' && [
          <Fact label="provider.vendor">{tKnown(`messenger.${provider.settings.vendor}`, provider.settings.vendor)}</Fact>,
          <Fact label="provider.organization"><code>{provider.settings.organization}</code></Fact>,
          <Fact label="provider.clientId"><code>{provider.settings.clientId}</code></Fact>,
          <Fact label="provider.callback"><CopyId id={callback(provider)} /></Fact>,
        ]}
        <Fact label="provider.position">{number(provider.position)}</Fact>
        <Fact label="provider.domains">{provider.domains.length ? <span class="chips">{provider.domains.map((domain) => <Tag key={domain}>{domain}</Tag>)}</span> : '–'}</Fact>
        <Fact label="provider.newcomers">{t(provider.createsUsers ? 'provider.newcomers.created' : 'provider.newcomers.refused')}</Fact>
        <Fact label="provider.rules">{number(provider.rules.length)}</Fact>
        <Fact label="created"><RelativeTime time={provider.createdAt} /></Fact>
        <Fact label="id"><CopyId id={provider.id} short /></Fact>
      </Facts>
      {may('identity-providers.manage') && <TestConsole provider={provider} />}
      {provider.settings.kind === 'ldap' && <SyncSection provider={provider} />}
      <ProvisioningSection provider={provider} />
      <Section title={t('provider.links')}>
        <ResourceTable<IdentityLink>
          id="identity-links" path={at`/identity-providers/${provider.id}/links`} label={t('provider.links')} columns={columns}
          rowActions={may('identity-providers.manage') ? (link) => [{ text: t('provider.unlink'), icon: 'trash', danger: true, onPick: () => void unlink(provider, link) }] : undefined}
          empty={() => <EmptyState icon="users" title={t('provider.links.empty')} text={t('provider.links.empty.text')} />}
        />
      </Section>
      {editing.value && <ProviderEditor kind={provider.settings.kind} provider={provider} onClose={() => { editing.value = false; }} />}
    </Page>
  );
  return () => <Loaded answer={answer} lines={6} show={show} />;
});
