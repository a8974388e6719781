import { watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { toast, toastProblem } from '../../core/toasts';
import type { Named, Page, Plan, TenantPlan } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { quotaName } from '../../pages/settings/usage';
import { areOverridesWhole, isBytes, limitKinds, overridesOf, overrideTexts, type OverrideMode } from './prices';

/** Gives a company a plan, and limits of its own in place of the plan's. */
export const TenantPlanForm = component<{ tenant: Named; onClose: () => void }>((props) => {
  const now = useQuery<TenantPlan>(() => at`/tenants/${props.tenant.id}/plan`);
  watch(() => now.problem, (problem) => { if (problem && !now.data) { toastProblem(problem); props.onClose(); } });
  return () => now.data && <PlanOfTenant tenant={props.tenant} now={now.data} onClose={props.onClose} />;
});

const PlanOfTenant = component<{ tenant: Named; now: TenantPlan; onClose: () => void }>((props) => {
  const plans = useQuery<Page<Plan>>(() => '/plans?limit=200');
  const form = new Form({ plan: props.now.code, note: props.now.note, limits: overrideTexts(props.now.overrides) });
  const { values } = form;
  const save = async () => {
    await api.put(at`/tenants/${props.tenant.id}/plan`, { plan: values.plan, note: values.note.trim(), overrides: overridesOf(values.limits) });
    invalidate('/tenants', '/plans');
    toast(t('saved', { name: props.tenant.name }));
  };
  const modes = () => [{ value: 'plan', text: t('tenant-plan.as-plan') }, { value: 'own', text: t('tenant-plan.own') }, { value: 'none', text: t('usage.no-limit') }];
  const offered = () => (plans.data?.items ?? []).filter((plan) => plan.state === 'offered' || plan.code === values.plan);
  return () => (
    <FormDrawer
      title={t('tenant-plan.title', { name: props.tenant.name })} save={save} onClose={props.onClose} changed={form.isChanged} note={t('tenant-plan.note')} known={['plan', 'note']} disabled={!areOverridesWhole(values.limits)}
      fields={(state) => [
        <Select name="tenant-plan" label={t('tenant-plan.plan')} value={values.plan} onChange={form.set('plan')} error={state.error('plan')} choices={offered().map((plan) => ({ value: plan.code, text: `${plan.name} (${plan.currency})` }))} />,
        <h3>{t('tenant-plan.overrides')}</h3>,
        limitKinds.map((kind) => {
          const limit = values.limits[kind] ?? { mode: 'plan', amount: '' };
          const put = (patch: Partial<typeof limit>) => { values.limits = { ...values.limits, [kind]: { ...limit, ...patch } }; };
          return (
            <div class="fields-2" key={kind}>
              <Select name={`override-${kind}`} label={quotaName(kind)} value={limit.mode} onChange={(mode) => put({ mode: mode as OverrideMode })} choices={modes()} />
              {limit.mode === 'own' && <TextInput name={`override-${kind}-amount`} type="number" min={0} label={t('tenant-plan.amount', { name: quotaName(kind) })} help={isBytes(kind) ? t('plan.bytes') : undefined} value={limit.amount} onInput={(amount) => put({ amount })} />}
            </div>
          );
        }),
        <TextInput name="tenant-plan-note" label={t('tenant-plan.why')} optional value={values.note} onInput={form.set('note')} error={state.error('note')} />,
      ]}
    />
  );
});
