import { component, h } from '../../core/jsx';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import type { IdentityProvider } from '../../api/types';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';
import { attributeFields, attributeInputs, BrowserForm, callbackField, clientInputs } from './BrowserForm';
import { algorithms, body, values } from './oidc';

const known = ['settings/issuer', 'settings/clientId', 'secret', 'settings/scopes', 'settings/algorithms', 'settings/clockSkewSeconds', ...attributeFields('claims')];

/** A provider of OpenID Connect: who it is, who we are there, and what people get here. */
export const OidcForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const toggle = (name: string, on: boolean) => form.set('algorithms')(algorithms.filter((one) => (one === name ? on : form.values.algorithms.includes(one))));
  const client = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.client')}>
      <header><h3>{t('provider.client')}</h3></header>
      <TextInput name="issuer" label={t('provider.issuer')} value={form.values.issuer} onInput={form.set('issuer')} error={state.error('settings/issuer')} help={t('provider.issuer.help')} monospace />
      {callbackField(provider)}
      {clientInputs(form, state, provider, t('provider.clientSecret.help'))}
    </section>
  );
  const checks = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.claims.help')}</p>
      {attributeInputs(form, state, 'claims')}
      <Checkbox name="userinfo" label={t('provider.userinfo')} help={t('provider.userinfo.help')} checked={form.values.userinfo} onChange={form.set('userinfo')} />
      <Checkbox name="verifiesEmail" label={t('provider.verifiesEmail')} help={t('provider.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
      <div role="group" aria-label={t('provider.algorithms')}>
        <p>{t('provider.algorithms')}</p>
        {algorithms.map((name) => <Checkbox key={name} name={`algorithm-${name}`} label={name} checked={form.values.algorithms.includes(name)} onChange={(on) => toggle(name, on)} />)}
      </div>
      <Checkbox name="signs-out-by-form" label={t('provider.signsOutByForm')} help={t('provider.signsOutByForm.help')} checked={form.values.signsOutBy === 'form'} onChange={(on) => form.set('signsOutBy')(on ? 'form' : 'address')} />
      <TextInput name="skew" label={t('provider.skew')} type="number" min={0} max={300} value={form.values.skew} onInput={form.set('skew')} error={state.error('settings/clockSkewSeconds')} />
    </section>
  );
  return () => <BrowserForm kind="oidc" provider={provider} form={form} body={() => body(form.values)} known={known} sections={(state) => [client(state), checks(state)]} onClose={props.onClose} />;
});
