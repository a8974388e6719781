import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { absolute, fromLocalInput, toLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Tenant } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { TextInput } from '../../ui/inputs';
import type { TenantForms } from './actions';

const day = 86_400_000;
const changes = ['/tenants', '/audit-events'];

/** The forms that move a tenant on, and how to open them: both pages of tenants show them. */
export function useTenantForms(): { open: TenantForms; shown: () => unknown } {
  const current = shallowRef<{ form: 'trial' | 'close'; tenant: Tenant } | null>(null);
  const onClose = () => { current.value = null; };
  return {
    open: (form, tenant) => { current.value = { form, tenant }; },
    shown: () => current.value && (current.value.form === 'trial' ? <TrialForm tenant={current.value.tenant} onClose={onClose} /> : <CloseForm tenant={current.value.tenant} onClose={onClose} />),
  };
}

const TrialForm = component<{ tenant: Tenant; onClose: () => void }>((props) => {
  const { tenant } = props;
  const running = tenant.state === 'trial' ? tenant.trialEndsAt ?? null : null;
  const form = new Form({ endsAt: toLocalInput(running ?? new Date(Date.now() + 30 * day).toISOString()) });
  const save = async () => {
    await api.post(at`/tenants/${tenant.id}/trial`, { endsAt: fromLocalInput(form.values.endsAt) });
    invalidate(...changes);
    toast(t('tenant.trial.done', { name: tenant.name }));
  };
  return () => (
    <FormDrawer
      dialog title={t(running ? 'tenant.trial.move' : 'tenant.trial')} save={save} onClose={props.onClose} changed={form.isChanged} disabled={!form.values.endsAt} known={['endsAt']} note={t('tenant.trial.note', { name: tenant.name })}
      fields={(state) => [<TextInput name="trial-ends" type="datetime-local" label={t('tenant.trial.ends')} value={form.values.endsAt} onInput={form.set('endsAt')} error={state.error('endsAt')} autofocus />]}
    />
  );
});

const CloseForm = component<{ tenant: Tenant; onClose: () => void }>((props) => {
  const { tenant } = props;
  const form = new Form({ graceDays: '30', confirm: '' });
  const end = () => absolute(Date.now() + Number(form.values.graceDays) * day);
  const isTyped = () => form.values.confirm === tenant.name;
  const isCount = () => /^[1-9]\d{0,2}$/.test(form.values.graceDays);
  const save = async () => {
    await api.post(at`/tenants/${tenant.id}/close`, { graceDays: Number(form.values.graceDays) });
    invalidate(...changes);
    toast(t('tenant.closed', { name: tenant.name }));
  };
  return () => (
    <FormDrawer
      dialog title={t('tenant.close.title', { name: tenant.name })} save={save} saveText={t('tenant.close')} onClose={props.onClose} changed={form.isChanged} disabled={!isTyped() || !isCount()} known={['graceDays']}
      note={t('tenant.close.text', { name: tenant.name })}
      fields={(state) => [
        <TextInput name="grace-days" type="number" min={1} max={365} label={t('tenant.close.days')} value={form.values.graceDays} onInput={form.set('graceDays')} error={state.error('graceDays')} help={isCount() ? t('tenant.close.end', { time: end() }) : t('tenant.close.days.help')} />,
        <TextInput name="close-name" label={t('confirm.type', { name: tenant.name })} value={form.values.confirm} onInput={form.set('confirm')} />,
      ]}
    />
  );
});
