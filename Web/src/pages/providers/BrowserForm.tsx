import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import type { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider } from '../../api/types';
import { CopyId } from '../../ui/bits';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { RuleFields } from './RuleFields';
import type { CommonValues } from './settings';

/** The address that the provider has to know. It has the provider's id, so there is one only after it was created. */
export const callback = (provider: IdentityProvider): string => location.origin + at`/sign-in/callback/${provider.id}`;

/** By what attributes of a provider's answer people are known. */
export interface PeopleValues extends CommonValues { subject: string; login: string; fullName: string; email: string; groups: string; verifiesEmail: boolean }

/** How we are known there. */
export interface ClientValues extends PeopleValues { clientId: string; clientAuthentication: string; scopes: string[] }

const attributes = [['subject', 'subject'], ['login', 'login'], ['fullName', 'name'], ['email', 'email'], ['groups', 'groups']] as const;

/** Where the fields of a form stand at which problems may be. */
export const attributeFields = (group: string) => attributes.map(([, pointer]) => `settings/${group}/${pointer}`);

/** An address of ours that is copied to the provider, once there is one. */
export const ownAddress = (label: string, address: string | null, later: string) => (address
  ? <p class="field"><span>{label}</span><CopyId id={address} /></p>
  : <p>{later}</p>);

export const callbackField = (provider: IdentityProvider | null) => ownAddress(t('provider.callback'), provider && callback(provider), t('provider.callback.later'));

/** `group` is what the settings call them, and so do the fields. */
export const attributeInputs = (form: Form<PeopleValues>, state: FormState, group: 'claims' | 'attributes') => (
  <div class="fields-2">
    {attributes.map(([name, pointer]) => (
      <TextInput
        key={name} name={`${group.slice(0, -1)}-${name}`} label={t(name === 'groups' ? 'provider.groups' : `provider.attribute.${name}`)} value={form.values[name]} onInput={form.set(name)}
        error={state.error(`settings/${group}/${pointer}`) ?? (group === 'attributes' && name === 'login' ? state.error('settings') : undefined)} monospace
      />
    ))}
  </div>
);

/** Our id there, how we show that it is us, and what we ask for. */
export const clientInputs = (form: Form<ClientValues>, state: FormState, provider: IdentityProvider | null, secretHelp: string) => [
  <TextInput name="clientId" label={t('provider.clientId')} value={form.values.clientId} onInput={form.set('clientId')} error={state.error('settings/clientId')} monospace />,
  <Select
    name="clientAuthentication" label={t('provider.clientAuthentication')} value={form.values.clientAuthentication} onChange={form.set('clientAuthentication')}
    choices={[
      { value: 'basic', text: t('provider.clientAuthentication.basic') }, { value: 'post', text: t('provider.clientAuthentication.post') },
      { value: 'none', text: t('provider.clientAuthentication.none') },
    ]}
  />,
  form.values.clientAuthentication !== 'none' && (
    <TextInput
      name="secret" label={t('provider.clientSecret')} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={!!provider?.hasSecret}
      error={state.error('secret')} help={provider?.hasSecret ? secretHelp : undefined}
    />
  ),
  <Tokens name="scopes" label={t('provider.scopes')} value={form.values.scopes} onChange={form.set('scopes')} error={state.error('settings/scopes')} />,
];

interface BrowserFormProps {
  kind: 'cas' | 'oauth2' | 'oidc'; provider: IdentityProvider | null; form: Form<CommonValues>; body: () => { name: string }; known: string[]; binds?: boolean;
  sections: (state: FormState) => unknown[]; onClose: () => void;
}

/** A provider by which people come in a browser: what all kinds have, around what one kind has. */
export const BrowserForm = component<BrowserFormProps>((props) => {
  const { form, provider } = props;
  const save = async () => {
    const sent = props.body();
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t(`provider.new.${props.kind}`)} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={['name', 'position', 'domains', ...props.known, 'rules']} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('provider.name.help')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.browser')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.browser')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        props.binds && <Checkbox name="bindsUsers" label={t('provider.bindsUsers')} help={t('provider.bindsUsers.help')} checked={form.values.bindsUsers} onChange={form.set('bindsUsers')} />,
        ...props.sections(state),
        <RuleFields rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
