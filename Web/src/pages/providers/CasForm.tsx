import { component, h } from '../../core/jsx';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import type { IdentityProvider } from '../../api/types';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';
import { attributeFields, attributeInputs, BrowserForm, ownAddress } from './BrowserForm';
import { body, service, values } from './cas';

const known = ['settings', 'settings/serverUrl', ...attributeFields('attributes')];

/** A provider of CAS: where its server is, what it has to know of us, and what people get here. */
export const CasForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const server = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.cas')}>
      <header><h3>{t('provider.cas')}</h3></header>
      <TextInput name="serverUrl" label={t('provider.cas.serverUrl')} value={form.values.serverUrl} onInput={form.set('serverUrl')} error={state.error('settings/serverUrl')} help={t('provider.cas.serverUrl.help')} monospace />
      {ownAddress(t('provider.cas.service'), provider && service(provider), t('provider.cas.later'))}
    </section>
  );
  const people = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <p>{t('provider.cas.attributes.help')}</p>
      {attributeInputs(form, state, 'attributes')}
      <Checkbox name="verifiesEmail" label={t('provider.cas.verifiesEmail')} help={t('provider.cas.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
    </section>
  );
  return () => <BrowserForm kind="cas" provider={provider} form={form} body={() => body(form.values)} known={known} sections={(state) => [server(state), people(state)]} onClose={props.onClose} />;
});
