import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Tenant } from '../../api/types';
import { CopyId, Fact, Facts, RelativeTime, StateTag } from '../../ui/bits';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { AuditTable } from '../../pages/audit/AuditTable';
import { Button } from '../../ui/Button';
import { links } from '../ConsoleAuditPage';
import { AskSupport } from '../support/AskSupport';
import { SupportWishTable } from '../support/SupportWishesPage';
import { tenantActions } from './actions';

/** One company, as the provider may know it. */
export const TenantPage = component(() => {
  const id = route.params.tenant ?? '';
  const answer = useQuery<Tenant>(() => at`/tenants/${id}`);
  const asking = ref(false);
  const tabs = () => [
    { id: 'overview', text: t('tab.overview') }, ...(may('provider.support') ? [{ id: 'support', text: t('page.support') }] : []),
    ...(may('provider.audit') ? [{ id: 'audit', text: t('page.audit') }] : []),
  ];
  const address = (tenant: Tenant) => `${location.protocol}//${tenant.slug}.${location.host.replace(/^provider\./, '')}`;
  const overview = (tenant: Tenant) => (
    <Facts>
      <Fact label="tenant.slug"><code>{tenant.slug}</code></Fact>
      <Fact label="tenant.portal"><a href={address(tenant)} rel="noreferrer">{address(tenant)}</a></Fact>
      <Fact label="language">{tenant.language}</Fact>
      <Fact label="tenant.time-zone">{tenant.timeZone}</Fact>
      <Fact label="created"><RelativeTime time={tenant.createdAt} /></Fact>
      <Fact label="id"><CopyId id={tenant.id} short /></Fact>
    </Facts>
  );
  const show = (tenant: Tenant) => {
    const tab = currentTab(tabs());
    const items = tenantActions(tenant);
    return (
      <Page title={tenant.name} state={() => <StateTag state={tenant.state} />} actions={() => [
        may('provider.support') && <Button icon="shield-lock" onClick={() => { asking.value = true; }}>{t('support.ask')}</Button>,
        items.some((item) => !item.hidden) && <Menu text={t('table.actions')} label={t('table.actions')} items={items} />,
      ]}>
        <Tabs tabs={tabs()} label={tenant.name} />
        {tab === 'overview' && overview(tenant)}
        {tab === 'support' && <SupportWishTable id="tenant-support" tenant={tenant.id} />}
        {asking.value && <AskSupport tenant={tenant} onClose={() => { asking.value = false; }} />}
        {tab === 'audit' && <AuditTable id="tenant-audit" links={links} always={`targetId eq ${JSON.stringify(tenant.id)}`} />}
      </Page>
    );
  };
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
