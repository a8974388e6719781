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
import { TenantErasure } from './TenantErasure';
import { useTenantForms } from './TenantLifeForms';
import { TenantPinning } from './TenantPinning';
import { TenantStanding } from './TenantStanding';
import { isPastGrace, tenantActions } from './actions';

/** One company, as the provider may know it. */
export const TenantPage = component(() => {
  const id = route.params.tenant ?? '';
  const answer = useQuery<Tenant>(() => at`/tenants/${id}`);
  const asking = ref(false);
  const life = useTenantForms();
  const isGoing = (tenant: Tenant) => tenant.state === 'deleted' || isPastGrace(tenant);
  const tabs = (tenant: Tenant) => [
    { id: 'overview', text: t('tab.overview') }, ...(isGoing(tenant) ? [{ id: 'erasure', text: t('tab.erasure') }] : []), ...(may('provider.workers') && !isGoing(tenant) ? [{ id: 'gateways', text: t('tab.gateways') }] : []), ...(may('provider.support') ? [{ id: 'support', text: t('page.support') }] : []),
    ...(may('provider.audit') ? [{ id: 'audit', text: t('page.audit') }] : []),
  ];
  const address = (tenant: Tenant) => `${location.protocol}//${tenant.slug}.${location.host.replace(/^provider\./, '')}`;
  const overview = (tenant: Tenant) => (
    <Facts>
      <Fact label="tenant.slug"><code>{tenant.slug}</code></Fact>
      <Fact label="tenant.portal"><a href={address(tenant)} rel="noreferrer">{address(tenant)}</a></Fact>
      <Fact label="language">{tenant.language}</Fact>
      <Fact label="tenant.time-zone">{tenant.timeZone}</Fact>
      {tenant.trialEndsAt && <Fact label="tenant.trial.ends"><RelativeTime time={tenant.trialEndsAt} /></Fact>}
      <Fact label="created"><RelativeTime time={tenant.createdAt} /></Fact>
      <Fact label="id"><CopyId id={tenant.id} short /></Fact>
    </Facts>
  );
  const show = (tenant: Tenant) => {
    const tab = currentTab(tabs(tenant));
    const items = tenantActions(tenant, life.open);
    return (
      <Page title={tenant.name} state={() => <StateTag state={tenant.state} />} actions={() => [
        may('provider.support') && !isGoing(tenant) && <Button icon="shield-lock" onClick={() => { asking.value = true; }}>{t('support.ask')}</Button>,
        items.some((item) => !item.hidden) && <Menu text={t('table.actions')} label={t('table.actions')} items={items} />,
      ]}>
        <TenantStanding tenant={tenant} />
        <Tabs tabs={tabs(tenant)} label={tenant.name} />
        {tab === 'overview' && overview(tenant)}
        {tab === 'erasure' && <TenantErasure tenant={tenant} />}
        {life.shown() as never}
        {tab === 'gateways' && <TenantPinning tenant={tenant} />}
        {tab === 'support' && <SupportWishTable id="tenant-support" tenant={tenant.id} />}
        {asking.value && <AskSupport tenant={tenant} onClose={() => { asking.value = false; }} />}
        {tab === 'audit' && <AuditTable id="tenant-audit" links={links} always={`targetId eq ${JSON.stringify(tenant.id)}`} />}
      </Page>
    );
  };
  return () => <Loaded answer={answer} lines={8} show={show} />;
});
