import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider } from '../../api/types';
import { CopyId } from '../../ui/bits';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { callback } from './BrowserForm';
import { RuleFields } from './RuleFields';
import { body, values, vendors } from './messenger';

const known = ['name', 'position', 'domains', 'settings/vendor', 'settings/organization', 'settings/clientId', 'secret', 'settings/signInUrl', 'settings/apiUrl', 'rules'];

/** A messenger: which one, the company and the app there, and who comes in. Its departments and groups are what rules go by. */
export const MessengerForm = component<{ provider: IdentityProvider | null; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider));
  const save = async () => {
    const sent = body(form.values);
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  const app = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.app')}>
      <header><h3>{t('provider.app')}</h3></header>
      <Select
        name="vendor" label={t('provider.vendor')} value={form.values.vendor} onChange={form.set('vendor')}
        choices={vendors.map((value) => ({ value, text: tKnown(`messenger.${value}`, value) }))}
      />
      <TextInput
        name="organization" label={tKnown(`provider.organization.${form.values.vendor}`, t('provider.organization'))} value={form.values.organization} onInput={form.set('organization')}
        error={state.error('settings/organization')} help={t('provider.organization.help')} monospace
      />
      <TextInput
        name="clientId" label={tKnown(`provider.app.${form.values.vendor}`, t('provider.clientId'))} value={form.values.clientId} onInput={form.set('clientId')} error={state.error('settings/clientId')}
        monospace
      />
      <TextInput
        name="secret" label={t('provider.clientSecret')} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={!!provider?.hasSecret}
        error={state.error('secret')} help={provider?.hasSecret ? t('provider.place.secret.help') : undefined}
      />
      {provider ? (
        <p class="field"><span>{t('provider.callback')}</span><CopyId id={callback(provider)} /></p>
      ) : <p>{t('provider.callback.later')}</p>}
      <TextInput name="signInUrl" label={t('provider.signInUrl')} optional value={form.values.signInUrl} onInput={form.set('signInUrl')} error={state.error('settings/signInUrl')} help={t('provider.ownInstallation')} monospace />
      <TextInput name="apiUrl" label={t('provider.apiUrl')} optional value={form.values.apiUrl} onInput={form.set('apiUrl')} error={state.error('settings/apiUrl')} help={t('provider.ownInstallation')} monospace />
    </section>
  );
  const people = () => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <Select
        name="newcomers" label={t('provider.newcomerLogin')} value={form.values.newcomers} onChange={form.set('newcomers')}
        choices={[{ value: 'id', text: t('provider.newcomerLogin.id') }, { value: 'email', text: t('provider.newcomerLogin.email') }]}
      />
      <Checkbox name="verifiesEmail" label={t('provider.verifiesEmail')} help={t('provider.verifiesEmail.help')} checked={form.values.verifiesEmail} onChange={form.set('verifiesEmail')} />
    </section>
  );
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t('provider.new.messenger')} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={known} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('provider.name.help')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.browser')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.browser')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        <Checkbox name="bindsUsers" label={t('provider.bindsUsers')} help={t('provider.bindsUsers.help')} checked={form.values.bindsUsers} onChange={form.set('bindsUsers')} />,
        app(state),
        people(),
        <RuleFields messenger={form.values.vendor} rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
