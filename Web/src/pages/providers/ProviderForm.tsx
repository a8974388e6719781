import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider } from '../../api/types';
import { Button } from '../../ui/Button';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextArea, TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';
import { RuleFields } from './RuleFields';
import { RadiusFields } from './RadiusFields';
import { body, presets, values, type Kind } from './settings';

const known = [
  'name', 'position', 'domains', 'settings/servers', 'settings/authorities', 'settings/certificate', 'settings/bindDn', 'secret', 'settings/baseDn', 'settings/moreBaseDns', 'settings/userFilter', 'settings/groupBaseDn', 'settings/moreGroupBaseDns',
  'settings/timeoutSeconds', 'settings/failoverSeconds', 'settings/nasIdentifier', 'settings/attributes/subject', 'settings/attributes/login', 'settings/attributes/name', 'settings/attributes/email', 'settings/attributes/manager', 'settings/protocol', 'rules',
];

/** A provider: where it is, how people are found there, and what they get here. */
export const ProviderForm = component<{ provider: IdentityProvider | null; kind?: Kind; onClose: () => void }>((props) => {
  const { provider } = props;
  const form = new Form(values(provider, props.kind));
  const save = async () => {
    const { enabled: _, ...sent } = { enabled: true, ...body(form.values) };
    if (provider) await api.patch(at`/identity-providers/${provider.id}`, sent, provider.version);
    else await api.post('/identity-providers', sent);
    invalidate('/identity-providers');
    toast(t('saved', { name: sent.name }));
  };
  const preset = (name: string) => Object.assign(form.values, presets[name]);
  const text = (state: FormState, name: 'userFilter' | 'bindDn', pointer: string, help?: string, optional = false) => (
    <TextInput name={name} label={t(`provider.${name}`)} value={form.values[name]} onInput={form.set(name)} error={state.error(pointer)} optional={optional} help={help} monospace />
  );
  const places = (state: FormState, name: 'baseDn' | 'groupBaseDn', more: string, optional = false) => (
    <TextArea
      name={name} label={t(`provider.${name}`)} value={form.values[name]} onInput={form.set(name)} error={state.error(`settings/${name}`) ?? state.error(`settings/${more}`)} help={t(`provider.${name}.help`)}
      rows={Math.min(6, Math.max(2, form.values[name].split('\n').length))} optional={optional} monospace
    />
  );
  const attribute = (state: FormState, name: 'subject' | 'login' | 'fullName' | 'email', pointer: string) => (
    <TextInput name={`attribute-${name}`} label={t(`provider.attribute.${name}`)} value={form.values[name]} onInput={form.set(name)} error={state.error(`settings/attributes/${pointer}`)} monospace />
  );
  const directory = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.directory')}>
      <header><h3>{t('provider.directory')}</h3></header>
      <TextArea name="servers" label={t('provider.servers')} value={form.values.servers} onInput={form.set('servers')} error={state.error('settings/servers')} help={t('provider.servers.help')} rows={2} monospace />
      <Select
        name="security" label={t('provider.security')} value={form.values.security} onChange={form.set('security')}
        choices={[{ value: 'start-tls', text: t('provider.security.start-tls') }, { value: 'tls', text: t('provider.security.tls') }]}
      />
      <TextArea name="authorities" label={t('provider.authorities')} value={form.values.authorities} onInput={form.set('authorities')} error={state.error('settings/authorities')} help={t('provider.authorities.help')} rows={3} monospace />
      {text(state, 'bindDn', 'settings/bindDn', t('provider.bindDn.help'), true)}
      <TextInput
        name="secret" label={t('provider.secret')} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={!!provider?.hasSecret}
        error={state.error('secret')} help={provider?.hasSecret ? t('provider.secret.help') : undefined}
      />
      {places(state, 'baseDn', 'moreBaseDns')}
      <TextInput name="timeout" label={t('provider.timeout')} type="number" min={1} max={10} value={form.values.timeout} onInput={form.set('timeout')} error={state.error('settings/timeoutSeconds')} />
    </section>
  );
  const lookup = (state: FormState) => (
    <section class="fieldset" aria-label={t('provider.people')}>
      <header><h3>{t('provider.people')}</h3></header>
      <div class="row">
        <Button small onClick={() => preset('openldap')}>{t('provider.preset.openldap')}</Button>
        <Button small onClick={() => preset('active-directory')}>{t('provider.preset.active-directory')}</Button>
      </div>
      {text(state, 'userFilter', 'settings/userFilter', t('provider.userFilter.help', { place: '{login}' }))}
      <div class="fields-2">
        {attribute(state, 'subject', 'subject')}
        {attribute(state, 'login', 'login')}
        {attribute(state, 'fullName', 'name')}
        {attribute(state, 'email', 'email')}
      </div>
      <TextInput name="attribute-manager" label={t('provider.attribute.manager')} value={form.values.manager} onInput={form.set('manager')} error={state.error('settings/attributes/manager')} help={t('provider.attribute.manager.help')} optional monospace />
      <Select
        name="groups" label={t('provider.groups')} value={form.values.groups} onChange={form.set('groups')}
        choices={[
          { value: 'automatic', text: t('provider.groups.automatic') }, { value: 'member-of', text: t('provider.groups.member-of') },
          { value: 'posix', text: t('provider.groups.posix') }, { value: 'none', text: t('provider.groups.none') },
        ]}
      />
      {form.values.groups !== 'none' && places(state, 'groupBaseDn', 'moreGroupBaseDns', true)}
    </section>
  );
  return () => (
    <FormDrawer
      wide title={provider ? t('provider.edit', { name: provider.name }) : t(form.values.kind === 'radius' ? 'provider.new.radius' : 'provider.new')} save={save} saveText={provider ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={provider !== null && !form.isChanged} known={known} note={t('provider.note')}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        <TextInput name="position" label={t('provider.position')} type="number" min={1} max={1000} value={form.values.position} onInput={form.set('position')} error={state.error('position')} help={t('provider.position.help')} />,
        <Tokens name="domains" label={t('provider.domains')} value={form.values.domains} onChange={form.set('domains')} error={state.error('domains')} help={t('provider.domains.help')} />,
        <Checkbox name="createsUsers" label={t('provider.createsUsers')} help={t('provider.createsUsers.help')} checked={form.values.createsUsers} onChange={form.set('createsUsers')} />,
        <Checkbox name="linksUsers" label={t('provider.linksUsers')} help={t('provider.linksUsers.help')} checked={form.values.linksUsers} onChange={form.set('linksUsers')} />,
        ...(form.values.kind === 'radius' ? [<RadiusFields form={form} state={state} hasSecret={!!provider?.hasSecret} />] : [directory(state), lookup(state)]),
        <RuleFields directory={form.values.kind === 'ldap'} rules={form.values.rules} onChange={form.set('rules')} error={state.error('rules')} />,
      ]}
    />
  );
});
