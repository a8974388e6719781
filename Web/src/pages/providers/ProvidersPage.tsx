import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tKnown, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { number } from '../../core/time';
import type { IdentityProvider, ProviderSettings } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { ProviderEditor } from './ProviderEditor';
import { removeProvider, switchProvider } from './actions';

/** What can be added, the most common first. */
const kinds: [ProviderSettings['kind'], Key][] = [
  ['ldap', 'provider.new'], ['oidc', 'provider.new.oidc'], ['saml', 'provider.new.saml'], ['messenger', 'provider.new.messenger'],
  ['oauth2', 'provider.new.oauth2'], ['cas', 'provider.new.cas'], ['radius', 'provider.new.radius'],
];

export const ProvidersPage = component(() => {
  const editing = shallowRef<{ kind: ProviderSettings['kind']; provider: IdentityProvider | null } | null>(null);
  const create = (kind: ProviderSettings['kind']) => () => { editing.value = { kind, provider: null }; };
  const columns: Column<IdentityProvider>[] = [
    { id: 'position', title: 'provider.position', kind: 'number', sort: 'position', cell: (provider) => number(provider.position) },
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (provider) => <Link to={at`/identity-providers/${provider.id}`}>{provider.name}</Link>, text: (provider) => provider.name },
    { id: 'kind', title: 'provider.kind', kind: 'tight', cell: (provider) => tKnown(`provider-kind.${provider.settings.kind}`, provider.settings.kind) },
    { id: 'domains', title: 'provider.domains', cell: (provider) => <span class="chips">{provider.domains.map((domain) => <Tag key={domain}>{domain}</Tag>)}</span>, text: (provider) => provider.domains.join(' ') },
    { id: 'state', title: 'state', kind: 'tight', cell: (provider) => <StateTag state={provider.enabled ? 'enabled' : 'disabled'} />, text: (provider) => (provider.enabled ? 'enabled' : 'disabled') },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (provider) => <RelativeTime time={provider.createdAt} />, text: (provider) => provider.createdAt },
  ];
  const actions = (provider: IdentityProvider) => [
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = { kind: provider.settings.kind, provider }; } },
    { text: t(provider.enabled ? 'provider.disable' : 'provider.enable'), icon: 'lock' as const, onPick: () => void switchProvider(provider) },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void removeProvider(provider) },
  ];
  const add = () => may('identity-providers.manage') && (
    <Menu primary icon="plus" label={t('provider.add')} text={t('provider.add')} items={kinds.map(([kind, title]) => ({ text: t(title), onPick: create(kind) }))} />
  );
  return () => (
    <Page title={t('page.identity-providers')} lead={t('providers.lead')} actions={add}>
      <ResourceTable<IdentityProvider>
        id="identity-providers" path="/identity-providers" label={t('page.identity-providers')} columns={columns} rowLink={(provider) => at`/identity-providers/${provider.id}`}
        rowActions={may('identity-providers.manage') ? actions : undefined}
        empty={() => <EmptyState icon="key" title={t('providers.empty')} text={t('providers.empty.text')}>{add()}</EmptyState>}
      />
      {editing.value && <ProviderEditor {...editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
