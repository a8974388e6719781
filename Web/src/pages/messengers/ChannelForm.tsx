import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { ChannelDelivery, IdentityProvider, MessengerChannel } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { body, deliveriesOf, deliveryOf, fieldsOf, isFor, isRoom, knowsMail, secretsOf, stepsOf, values, type Field, type Vendor } from './vendors';

/** What to do at the vendor, step by step. */
export const ChannelSteps = component<{ vendor: Vendor; way: ChannelDelivery }>((props) => () => (
  <details class="card" open>
    <summary>{t('card-channel.steps', { vendor: t(`messenger.${props.vendor}`) })}</summary>
    <ol>{stepsOf(props.vendor, props.way).map((step) => <li key={step}>{tKnown(step, '')}</li>)}</ol>
  </details>
));

/** A channel to one vendor: what its console gave, and how people are known there. */
export const ChannelForm = component<{ vendor: Vendor; channel: MessengerChannel | null; onClose: () => void }>((props) => {
  const { vendor, channel } = props;
  const form = new Form(values(vendor, channel));
  const providers = useQuery<{ items: IdentityProvider[] }>(() => (may('identity-providers.read') && !isRoom(vendor) ? '/identity-providers' : null));
  const save = async () => {
    const sent = body(vendor, form.values);
    if (channel) await api.patch(at`/messenger-channels/${channel.id}`, { ...sent, state: form.values.enabled ? 'enabled' : 'disabled' }, channel.version);
    else await api.post('/messenger-channels', { ...sent, secrets: sent.secrets ?? [] });
    invalidate('/messenger-channels');
    toast(t('saved', { name: sent.name }));
  };
  const set = (name: string) => (value: string | boolean) => { form.set('settings')({ ...form.values.settings, [name]: value }); };
  const setSecret = (name: string) => (value: string) => { form.set('secrets')({ ...form.values.secrets, [name]: value }); };
  const field = (state: FormState, one: Field) => {
    const label = tKnown(`card-channel.field.${vendor}.${one.name}`, tKnown(`card-channel.field.${one.name}`, one.name));
    const help = tKnown(`card-channel.field.${one.name}.help`, '') || undefined;
    const value = form.values.settings[one.name] ?? '';
    const common = { name: `channel-${one.name}`, label, help, error: state.error(`settings/${one.name}`), optional: one.optional };
    switch (one.as) {
      case 'switch': return <Checkbox key={one.name} name={common.name} label={label} help={help} checked={value === true} onChange={set(one.name)} />;
      case 'delivery': return <Select
        key={one.name} {...common} value={deliveryOf(form.values.settings)} help={t(`card-channel.delivery.${deliveryOf(form.values.settings)}.help`)} onChange={set(one.name)}
        choices={deliveriesOf(vendor).map((way) => ({ value: way, text: t(`card-channel.delivery.${way}`) }))}
      />;
      case 'language': return <Select key={one.name} {...common} value={String(value)} choices={[{ value: 'en', text: 'English' }, { value: 'zh', text: '中文' }]} onChange={set(one.name)} />;
      default: return <TextInput key={one.name} {...common} value={String(value)} onInput={set(one.name)} monospace inputmode={one.as === 'number' ? 'numeric' : undefined} />;
    }
  };
  const there = () => (providers.data?.items ?? []).filter((one) => one.settings.kind === 'messenger' && one.settings.vendor === vendor);
  const people = (state: FormState) => (isRoom(vendor) ? [] : [
    knowsMail(vendor) && <Select
      name="channel-people" label={t('card-channel.people')} value={form.values.people} error={state.error('people')} help={t(`card-channel.people.${form.values.people}.help`)}
      choices={[{ value: 'links', text: t('card-channel.people.links') }, { value: 'email', text: t('card-channel.people.email') }]} onChange={(value) => form.set('people')(value as 'links' | 'email')}
    />,
    form.values.people === 'links' && <Select
      name="channel-provider" label={t('card-channel.provider')} value={form.values.provider} error={state.error('provider')} help={t('card-channel.provider.help')} placeholder={t('card-channel.provider.none')}
      choices={there().map((one) => ({ value: one.id, text: one.name }))} onChange={form.set('provider')}
    />,
    form.values.people === 'links' && <Checkbox
      name="channel-trustsDirectory" label={t('card-channel.trusts-directory')} help={t('card-channel.trusts-directory.help')} checked={form.values.trustsDirectory} onChange={form.set('trustsDirectory')}
    />,
  ]);
  return () => (
    <FormDrawer
      wide title={channel ? t('card-channel.edit', { name: channel.name }) : t('card-channel.new', { vendor: t(`messenger.${vendor}`) })} save={save} saveText={channel ? t('save') : t('create')} onClose={props.onClose}
      changed={form.isChanged} disabled={channel !== null && !form.isChanged} known={['name', 'people', 'provider', 'trustsDirectory', 'secrets', 'settings', ...fieldsOf(vendor).map((one) => `settings/${one.name}`)]}
      note={t('card-channel.note')}
      fields={(state) => [
        <ChannelSteps vendor={vendor} way={deliveryOf(form.values.settings)} />,
        <TextInput name="channel-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name') ?? state.error('settings')} maxlength={100} autofocus />,
        fieldsOf(vendor).filter((one) => isFor(one, deliveryOf(form.values.settings))).map((one) => field(state, one)),
        secretsOf(vendor).filter((one) => isFor(one, deliveryOf(form.values.settings))).map((one, place) => <TextInput
          key={one.name} name={`channel-${one.name}`} type="password" autocomplete="new-password" value={form.values.secrets[one.name] ?? ''} onInput={setSecret(one.name)} optional={one.optional || channel !== null}
          label={tKnown(`card-channel.secret.${vendor}.${one.name}`, tKnown(`card-channel.secret.${one.name}`, one.name))} error={place === 0 ? state.error('secrets') : undefined} help={channel ? t('card-channel.secret.kept') : undefined}
        />),
        people(state),
        channel && <Checkbox name="channel-enabled" label={t('card-channel.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} />,
      ]}
    />
  );
});
