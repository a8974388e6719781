import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider, SamlMetadata } from '../../api/types';
import { Button } from '../../ui/Button';
import { CopyId } from '../../ui/bits';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, TextArea, TextInput } from '../../ui/inputs';
import { ProblemNote } from '../../ui/ProblemNote';
import { Tokens } from '../../ui/Tokens';
import { RuleFields } from './RuleFields';
import { asked, body, fill, place, values, type SamlValues } from './saml';

const known = [
  'name', 'position', 'domains', 'settings/entityId', 'settings/signOnUrl', 'settings/logoutUrl', 'settings/logoutResponseUrl', 'settings/certificates', 'settings/nameFormat',
  'settings/clockSkewSeconds', 'settings/attributes/subject', 'settings/attributes/login', 'settings/attributes/name', 'settings/attributes/email', 'settings/attributes/groups', 'rules',
];

/** A provider of SAML 2.0: what it says of itself, what it has to know of us, and what people get here. */
export const SamlForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const reading = ref(false);
  const unread = shallowRef<Problem | null>(null);
  const save = async () => {
    const sent = body(form.values);
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  const read = async () => {
    if (reading.value || !form.values.metadata.trim()) return;
    reading.value = true;
    unread.value = null;
    try {
      Object.assign(form.values, fill(await api.post<SamlMetadata>('/identity-providers/metadata', asked(form.values.metadata))));
      form.values.metadata = '';
      toast(t('provider.metadata.read'));
    } catch (error) {
      unread.value = Problem.wrap(error);
    } finally {
      reading.value = false;
    }
  };
  const text = (state: FormState, name: 'entityId' | 'signOnUrl' | 'logoutUrl' | 'logoutResponseUrl' | 'nameFormat', optional = false, help?: string) => (
    <TextInput name={name} label={t(`provider.saml.${name}`)} value={form.values[name]} onInput={form.set(name)} error={state.error(`settings/${name}`)} optional={optional} help={help} monospace />
  );
  const attribute = (state: FormState, name: 'subject' | 'login' | 'fullName' | 'email' | 'groups', pointer: string) => (
    <TextInput
      name={`attribute-${name}`} label={t(name === 'groups' ? 'provider.groups' : `provider.attribute.${name}`)} value={form.values[name]} onInput={form.set(name)}
      error={state.error(`settings/attributes/${pointer}`)} monospace
    />
  );
  const check = (name: keyof SamlValues & ('signed' | 'encrypted' | 'unsolicited')) => (
    <Checkbox name={name} label={t(`provider.saml.${name}`)} help={t(`provider.saml.${name}.help`)} checked={form.values[name]} onChange={form.set(name)} />
  );
  const ours = (one: IdentityProvider) => (['metadata', 'response', 'logout'] as const).map((name) => (
    <p class="field" key={name}><span>{t(name === 'response' ? 'provider.saml.consumer' : `provider.saml.${name}`)}</span><CopyId id={place(one, name)} /></p>
  ));
  const identity = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.saml')}>
      <header><h3>{t('provider.saml')}</h3></header>
      <TextArea name="metadata" label={t('provider.metadata')} value={form.values.metadata} onInput={form.set('metadata')} help={t('provider.metadata.help')} rows={3} monospace />
      {unread.value && <ProblemNote problem={unread.value} />}
      <p><Button small busy={reading.value} onClick={() => void read()}>{t('provider.metadata.fill')}</Button></p>
      {text(state, 'entityId')}
      {text(state, 'signOnUrl')}
      {text(state, 'logoutUrl', true)}
      {text(state, 'logoutResponseUrl', true)}
      <TextArea name="certificates" label={t('provider.certificates')} value={form.values.certificates} onInput={form.set('certificates')} error={state.error('settings/certificates')} help={t('provider.certificates.help')} rows={4} monospace />
      {provider ? ours(provider) : <p>{t('provider.saml.later')}</p>}
    </section>
  );
  const people = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.attributes.help')}</p>
      <div class="fields-2">
        {attribute(state, 'subject', 'subject')}
        {attribute(state, 'login', 'login')}
        {attribute(state, 'fullName', 'name')}
        {attribute(state, 'email', 'email')}
        {attribute(state, 'groups', 'groups')}
      </div>
      {text(state, 'nameFormat', true, t('provider.saml.nameFormat.help'))}
      {check('signed')}
      {check('encrypted')}
      {check('unsolicited')}
      <TextInput name="skew" label={t('provider.skew')} type="number" min={0} max={300} value={form.values.skew} onInput={form.set('skew')} error={state.error('settings/clockSkewSeconds')} />
    </section>
  );
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t('provider.new.saml')} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={known} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('provider.name.help')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.browser')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.browser')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        identity(state),
        people(state),
        <RuleFields rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
