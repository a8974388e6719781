import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import type { Plan } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { amountOf, quotaName } from '../../pages/settings/usage';
import { PlanForm } from './PlanForm';

const limits = (plan: Plan): string => plan.limits.map((limit) => `${quotaName(limit.kind)} ${limit.amount === null ? '∞' : amountOf(limit.kind, limit.amount)}`).join(' · ');

/** What the provider sells. */
export const PlansPage = component(() => {
  const editing = shallowRef<Plan | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const mayChange = () => may('provider.plans.manage');
  const columns: Column<Plan>[] = [
    { id: 'code', title: 'plan.code', kind: 'main', sort: 'code', cell: (plan) => <span class="row"><b>{plan.name}</b><code>{plan.code}</code>{plan.isDefault && <Tag tone="good">{t('plan.default')}</Tag>}</span>, text: (plan) => plan.code },
    { id: 'state', title: 'state', kind: 'tight', cell: (plan) => <StateTag state={plan.state} />, text: (plan) => plan.state },
    { id: 'currency', title: 'plan.currency', kind: 'tight', cell: (plan) => plan.currency, text: (plan) => plan.currency },
    { id: 'limits', title: 'plan.limits', cell: (plan) => limits(plan) || t('usage.no-limit'), text: limits },
    { id: 'prices', title: 'plan.prices', kind: 'number', cell: (plan) => plan.prices.length, text: (plan) => String(plan.prices.length) },
    { id: 'created', title: 'created', kind: 'tight', sort: 'created', off: true, cell: (plan) => <RelativeTime time={plan.createdAt} />, text: (plan) => plan.createdAt },
  ];
  return () => (
    <Page title={t('page.plans')} lead={t('plans.lead')} actions={() => mayChange() && <Button kind="primary" icon="plus" onClick={create}>{t('plan.new')}</Button>}>
      <ResourceTable<Plan>
        id="plans" path="/plans" label={t('page.plans')} columns={columns} searchBy={['code']}
        rowActions={mayChange() ? (plan) => [{ text: t('edit'), icon: 'edit', onPick: () => { editing.value = plan; } }] : undefined}
        empty={() => <EmptyState icon="list-check" title={t('plans.empty')} action={mayChange() ? t('plan.new') : undefined} onAction={create} />}
      />
      {editing.value && <PlanForm plan={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
