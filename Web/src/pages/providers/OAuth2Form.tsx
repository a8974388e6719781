import { component, h } from '../../core/jsx';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import type { IdentityProvider } from '../../api/types';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';
import { attributeFields, attributeInputs, BrowserForm, callbackField, clientInputs } from './BrowserForm';
import { body, values } from './oauth2';

const places = ['authorizationUrl', 'tokenUrl', 'userinfoUrl'] as const;
const known = [...places.map((name) => `settings/${name}`), 'settings/clientId', 'secret', 'settings/scopes', ...attributeFields('claims')];

/** A provider of OAuth 2: where its three addresses are, who we are there, and what people get here. */
export const OAuth2Form = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const client = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.client')}>
      <header><h3>{t('provider.client')}</h3></header>
      {places.map((name) => <TextInput key={name} name={name} label={t(`provider.${name}`)} value={form.values[name]} onInput={form.set(name)} error={state.error(`settings/${name}`)} help={t(`provider.${name}.help`)} monospace />)}
      {callbackField(provider)}
      {clientInputs(form, state, provider, t('provider.place.secret.help'))}
    </section>
  );
  const people = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.claims.help')}</p>
      {attributeInputs(form, state, 'claims')}
      <Checkbox name="verifiesEmail" label={t('provider.verifiesEmail')} help={t('provider.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
    </section>
  );
  return () => <BrowserForm kind="oauth2" binds provider={provider} form={form} body={() => body(form.values)} known={known} sections={(state) => [client(state), people(state)]} onClose={props.onClose} />;
});
