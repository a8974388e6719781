import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { SmsGateway } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextArea, TextInput } from '../../ui/inputs';
import { body, fieldsOf, values, type Field, type Kind } from './gateways';

/** A gateway of one kind: what its vendor gave, and for one's own the request itself. */
export const GatewayForm = component<{ kind: Kind; gateway: SmsGateway | null; onClose: () => void }>((props) => {
  const { kind, gateway } = props;
  const form = new Form(values(kind, gateway));
  const save = async () => {
    const sent = body(kind, form.values);
    if (gateway) await api.patch(at`/sms-gateways/${gateway.id}`, sent, gateway.version);
    else await api.post('/sms-gateways', sent);
    invalidate('/sms-gateways');
    toast(t('saved', { name: sent.name }));
  };
  const set = (name: string) => (value: string | boolean) => { form.set('settings')({ ...form.values.settings, [name]: value }); };
  const field = (state: FormState, one: Field) => {
    if (one.name === 'body' && form.values.settings.method === 'get') return null;
    const label = tKnown(`sms.field.${one.name}`, one.name);
    const help = tKnown(`sms.field.${one.name}.help`, '') || undefined;
    const value = form.values.settings[one.name] ?? '';
    const common = { name: `sms-${one.name}`, label, help, error: state.error(`settings/${one.name}`), optional: one.optional };
    switch (one.as) {
      case 'switch': return <Checkbox key={one.name} name={common.name} label={label} help={help} checked={value === true} onChange={set(one.name)} />;
      case 'choice': return <Select key={one.name} {...common} value={String(value)} choices={(one.choices ?? []).map((choice) => ({ value: choice, text: tKnown(`sms.choice.${choice}`, choice) }))} onChange={set(one.name)} />;
      case 'lines': return <TextArea key={one.name} {...common} value={String(value)} onInput={set(one.name)} rows={4} monospace />;
      default: return <TextInput key={one.name} {...common} value={String(value)} onInput={set(one.name)} monospace />;
    }
  };
  return () => (
    <FormDrawer
      wide title={gateway ? t('sms.gateway.edit', { name: gateway.name }) : t('sms.gateway.new', { kind: t(`sms-kind.${kind}`) })} save={save} saveText={gateway ? t('save') : t('create')} onClose={props.onClose}
      changed={form.isChanged} disabled={gateway !== null && !form.isChanged} known={['name', 'secret', 'settings', ...fieldsOf(kind).map((one) => `settings/${one.name}`)]} note={t('sms.gateway.note')}
      fields={(state) => [
        <TextInput name="sms-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name') ?? state.error('settings')} maxlength={100} autofocus />,
        fieldsOf(kind).map((one) => field(state, one)),
        <TextInput
          name="sms-secret" label={tKnown(`sms.secret.${kind}`, t('sms.secret'))} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={gateway?.hasSecret === true || kind === 'custom'}
          error={state.error('secret')} help={t(gateway?.hasSecret ? 'sms.secret.kept' : kind === 'custom' ? 'sms.secret.custom.help' : 'sms.secret.help')}
        />,
        <Checkbox name="sms-enabled" label={t('sms.gateway.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} />,
      ]}
    />
  );
});
