import { computed, ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Quotas, Tenant, UsageReport } from '../../api/types';
import { EmptyState, Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { Picker, type Picked } from '../../ui/Picker';
import { MeterList, QuotaList } from '../../pages/settings/UsageParts';
import { TenantPlanForm } from './TenantPlanForm';

const days = 31;

/** What one company uses, and of which plan: numbers, and nothing of what is behind them. */
export const TenantUsagePage = component(() => {
  const picked = ref<Picked[]>([]);
  const changing = ref(false);
  const tenant = computed(() => picked.value[0]?.id);
  const to = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000);
  const from = new Date(to.getTime() - days * 86_400_000);
  const quotas = useQuery<Quotas>(() => (tenant.value ? at`/tenants/${tenant.value}/quotas` : null));
  const usage = useQuery<UsageReport>(() => (tenant.value ? '/usage' + writeQuery({ tenant: tenant.value, from: from.toISOString(), to: to.toISOString() }) : null));
  return () => (
    <Page title={t('page.tenant-usage')} lead={t('tenant-usage.lead')} actions={() => tenant.value && may('provider.plans.manage') && <Button icon="edit" onClick={() => { changing.value = true; }}>{t('tenant-usage.change')}</Button>}>
      <Picker one name="usage-tenant" label={t('tenant-usage.tenant')} value={picked.value} onChange={(value) => { picked.value = value; }} path="/tenants" searchBy={['name', 'slug']} toChoice={(one: Tenant) => ({ id: one.id, name: one.name, note: one.slug })} />
      {!tenant.value && <EmptyState icon="history" title={t('tenant-usage.empty')} />}
      {tenant.value && <Loaded answer={quotas} show={(report: Quotas) => <Section title={t('usage.plan', { name: report.planName })}><QuotaList items={report.items} /></Section>} />}
      {tenant.value && <Section title={t('usage.month')}><Loaded answer={usage} show={(report: UsageReport) => <MeterList items={report.items} />} /></Section>}
      {changing.value && tenant.value && <TenantPlanForm tenant={picked.value[0]!} onClose={() => { changing.value = false; }} />}
    </Page>
  );
});
