import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { duration } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Tenant } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, Select, TextArea } from '../../ui/inputs';

const lengths = [1_800, 3_600, 14_400, 28_800, 86_400];

/** Asks a tenant to let one in. */
export const AskSupport = component<{ tenant: Tenant; onClose: () => void }>((props) => {
  const form = new Form({ reason: '', role: ['auditor'], durationSeconds: '3600' });
  const save = async () => {
    const { reason, role, durationSeconds } = form.values;
    await api.post(at`/tenants/${props.tenant.id}/support-accesses`, { reason: reason.trim(), role: role[0], durationSeconds: Number(durationSeconds) });
    toast(t('support.ask.done', { name: props.tenant.name }));
    invalidate('/support-accesses', '/audit-events');
  };
  return () => (
    <FormDrawer
      title={t('support.ask')} save={save} saveText={t('support.ask')} onClose={props.onClose} changed={form.isChanged} known={['reason', 'role', 'durationSeconds']} note={t('support.ask.note', { name: props.tenant.name })}
      fields={(state) => [
        <TextArea name="reason" label={t('support.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} rows={2} autofocus />,
        <Choices name="role" label={t('support.role')} value={form.values.role} onChange={form.set('role')} error={state.error('role')} choices={['auditor', 'administrator'].map((value) => ({ value, text: roleName({ name: value, builtIn: value }) }))} help={t('support.role.help')} />,
        <Select name="duration" label={t('support.duration')} value={form.values.durationSeconds} onChange={form.set('durationSeconds')} error={state.error('durationSeconds')} choices={lengths.map((value) => ({ value: String(value), text: duration(value) }))} />,
      ]}
    />
  );
});
