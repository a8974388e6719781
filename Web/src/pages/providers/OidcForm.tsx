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
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { RuleFields } from './RuleFields';
import { algorithms, body, values } from './oidc';

const known = [
  'name', 'position', 'domains', 'settings/issuer', 'settings/clientId', 'secret', 'settings/scopes', 'settings/algorithms', 'settings/clockSkewSeconds', 'settings/claims/subject',
  'settings/claims/login', 'settings/claims/name', 'settings/claims/email', 'settings/claims/groups', 'rules',
];

/** The address that the provider has to know. It has the provider's id, so there is one only after it was created. */
export const callback = (provider: IdentityProvider): string => location.origin + at`/sign-in/callback/${provider.id}`;

/** A provider of OpenID Connect: who it is, who we are there, and what people get here. */
export const OidcForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const save = async () => {
    const sent = body(form.values);
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  const toggle = (name: string, on: boolean) => form.set('algorithms')(algorithms.filter((one) => (one === name ? on : form.values.algorithms.includes(one))));
  const claim = (state: FormState, name: 'subject' | 'login' | 'fullName' | 'email' | 'groups', pointer: string) => (
    <TextInput
      name={`claim-${name}`} label={t(name === 'groups' ? 'provider.groups' : `provider.attribute.${name}`)} value={form.values[name]} onInput={form.set(name)}
      error={state.error(`settings/claims/${pointer}`)} monospace
    />
  );
  const client = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.client')}>
      <header><h3>{t('provider.client')}</h3></header>
      <TextInput name="issuer" label={t('provider.issuer')} value={form.values.issuer} onInput={form.set('issuer')} error={state.error('settings/issuer')} help={t('provider.issuer.help')} monospace />
      {provider ? (
        <p class="field"><span>{t('provider.callback')}</span><button type="button" class="copy-id" onClick={() => copy(callback(provider))}><code>{callback(provider)}</code></button></p>
      ) : <p>{t('provider.callback.later')}</p>}
      <TextInput name="clientId" label={t('provider.clientId')} value={form.values.clientId} onInput={form.set('clientId')} error={state.error('settings/clientId')} monospace />
      <Select
        name="clientAuthentication" label={t('provider.clientAuthentication')} value={form.values.clientAuthentication} onChange={form.set('clientAuthentication')}
        choices={[
          { value: 'basic', text: t('provider.clientAuthentication.basic') }, { value: 'post', text: t('provider.clientAuthentication.post') },
          { value: 'none', text: t('provider.clientAuthentication.none') },
        ]}
      />
      {form.values.clientAuthentication !== 'none' && (
        <TextInput
          name="secret" label={t('provider.clientSecret')} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={!!provider?.hasSecret}
          error={state.error('secret')} help={provider?.hasSecret ? t('provider.clientSecret.help') : undefined}
        />
      )}
      <Tokens name="scopes" label={t('provider.scopes')} value={form.values.scopes} onChange={form.set('scopes')} error={state.error('settings/scopes')} />
    </section>
  );
  const checks = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.claims.help')}</p>
      <div class="fields-2">
        {claim(state, 'subject', 'subject')}
        {claim(state, 'login', 'login')}
        {claim(state, 'fullName', 'name')}
        {claim(state, 'email', 'email')}
        {claim(state, 'groups', 'groups')}
      </div>
      <Checkbox name="userinfo" label={t('provider.userinfo')} help={t('provider.userinfo.help')} checked={form.values.userinfo} onChange={form.set('userinfo')} />
      <Checkbox name="verifiesEmail" label={t('provider.verifiesEmail')} help={t('provider.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
      <div role="group" aria-label={t('provider.algorithms')}>
        <p>{t('provider.algorithms')}</p>
        {algorithms.map((name) => <Checkbox key={name} name={`algorithm-${name}`} label={name} checked={form.values.algorithms.includes(name)} onChange={(on) => toggle(name, on)} />)}
      </div>
      <TextInput name="skew" label={t('provider.skew')} type="number" min={0} max={300} value={form.values.skew} onInput={form.set('skew')} error={state.error('settings/clockSkewSeconds')} />
    </section>
  );
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t('provider.new.oidc')} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={known} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('provider.name.help')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.browser')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.browser')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        client(state),
        checks(state),
        <RuleFields rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
