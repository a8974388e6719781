import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { copy } from '../../core/clipboard';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { RuleFields } from './RuleFields';
import { body, service, values } from './cas';

const known = [
  'name', 'position', 'domains', 'settings', 'settings/serverUrl', 'settings/attributes/subject', 'settings/attributes/login', 'settings/attributes/name', 'settings/attributes/email',
  'settings/attributes/groups', 'rules',
];

/** A provider of CAS: where its server is, what it has to know of us, and what people get here. */
export const CasForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const save = async () => {
    const sent = body(form.values);
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  const attribute = (state: FormState, name: 'subject' | 'login' | 'fullName' | 'email' | 'groups', pointer: string) => (
    <TextInput
      name={`attribute-${name}`} label={t(name === 'groups' ? 'provider.groups' : `provider.attribute.${name}`)} value={form.values[name]} onInput={form.set(name)}
      error={state.error(`settings/attributes/${pointer}`) ?? (name === 'login' ? state.error('settings') : undefined)} monospace
    />
  );
  const server = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.cas')}>
      <header><h3>{t('provider.cas')}</h3></header>
      <TextInput name="serverUrl" label={t('provider.cas.serverUrl')} value={form.values.serverUrl} onInput={form.set('serverUrl')} error={state.error('settings/serverUrl')} help={t('provider.cas.serverUrl.help')} monospace />
      {provider ? (
        <p class="field"><span>{t('provider.cas.service')}</span><button type="button" class="copy-id" onClick={() => copy(service(provider))}><code>{service(provider)}</code></button></p>
      ) : <p>{t('provider.cas.later')}</p>}
    </section>
  );
  const people = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.cas.attributes.help')}</p>
      <div class="fields-2">
        {attribute(state, 'subject', 'subject')}
        {attribute(state, 'login', 'login')}
        {attribute(state, 'fullName', 'name')}
        {attribute(state, 'email', 'email')}
        {attribute(state, 'groups', 'groups')}
      </div>
      <Checkbox name="verifiesEmail" label={t('provider.cas.verifiesEmail')} help={t('provider.cas.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
    </section>
  );
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t('provider.new.cas')} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={known} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('provider.name.help')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.browser')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.browser')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        server(state),
        people(state),
        <RuleFields rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
