import { watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Named, Page, Plan, TenantPlan } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { quotaName } from '../../pages/settings/usage';
import { isBytes, limitKinds, limitsOf, limitTexts } from './prices';

/** Gives a company a plan, and limits of its own in place of the plan's. */
export const TenantPlanForm = component<{ tenant: Named; onClose: () => void }>((props) => {
  const now = useQuery<TenantPlan>(() => at`/tenants/${props.tenant.id}/plan`);
  const plans = useQuery<Page<Plan>>(() => '/plans?limit=200');
  const form = new Form({ plan: '', note: '', limits: limitTexts([]) });
  const { values } = form;
  watch(() => now.data, (plan) => {
    if (plan && !values.plan) Object.assign(values, { plan: plan.code, note: plan.note, limits: limitTexts(plan.overrides) });
  }, { immediate: true });
  const save = async () => {
    // A limit that was lifted for this company has no number to show, and stays lifted.
    const lifted = (now.data?.overrides ?? []).filter((limit) => limit.amount === null && !values.limits[limit.kind]);
    await api.put(at`/tenants/${props.tenant.id}/plan`, { plan: values.plan, note: values.note.trim(), overrides: [...limitsOf(values.limits), ...lifted] });
    invalidate('/tenants', '/plans');
    toast(t('saved', { name: props.tenant.name }));
  };
  const offered = () => (plans.data?.items ?? []).filter((plan) => plan.state === 'offered' || plan.code === values.plan);
  return () => (
    <FormDrawer
      title={t('tenant-plan.title', { name: props.tenant.name })} save={save} onClose={props.onClose} changed={form.isChanged} note={t('tenant-plan.note')} known={['plan', 'note']} disabled={!values.plan}
      fields={(state) => [
        <Select name="tenant-plan" label={t('tenant-plan.plan')} value={values.plan} onChange={form.set('plan')} error={state.error('plan')} choices={offered().map((plan) => ({ value: plan.code, text: `${plan.name} (${plan.currency})` }))} />,
        <h3>{t('tenant-plan.overrides')}</h3>,
        <div class="fields-2">{limitKinds.map((kind) => <TextInput key={kind} name={`override-${kind}`} type="number" min={0} label={quotaName(kind)} help={isBytes(kind) ? t('plan.bytes') : undefined} value={values.limits[kind] ?? ''} placeholder={t('tenant-plan.as-plan')} onInput={(text) => { values.limits = { ...values.limits, [kind]: text }; }} />)}</div>,
        <TextInput name="tenant-plan-note" label={t('tenant-plan.why')} optional value={values.note} onInput={form.set('note')} error={state.error('note')} />,
      ]}
    />
  );
});
