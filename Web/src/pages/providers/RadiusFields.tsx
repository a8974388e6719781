import { component, h } from '../../core/jsx';
import type { Form } from '../../core/form';
import { t } from '../../core/i18n';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextArea, TextInput } from '../../ui/inputs';
import type { ProviderValues } from './settings';

/** How RADIUS servers are asked, and what their answers mean. */
export const RadiusFields = component<{ form: Form<ProviderValues>; state: FormState; hasSecret: boolean }>((props) => () => {
  const { form, state } = props;
  const overTls = form.values.transport === 'tls';
  return (
    <section class="fieldset" aria-label={t('provider.radius')}>
      <header><h3>{t('provider.radius')}</h3></header>
      <TextArea name="servers" label={t('provider.servers')} value={form.values.servers} onInput={form.set('servers')} error={state.error('settings/servers')} help={t('provider.servers.help')} rows={2} monospace />
      <Select
        name="transport" label={t('provider.transport')} help={t('provider.transport.help')} value={form.values.transport} onChange={form.set('transport')}
        choices={[{ value: 'udp', text: t('provider.transport.udp') }, { value: 'tls', text: t('provider.transport.tls') }]}
      />
      {overTls && <TextArea name="authorities" label={t('provider.radius.authorities')} value={form.values.authorities} onInput={form.set('authorities')} error={state.error('settings/authorities')} help={t('provider.radius.authorities.help')} rows={4} monospace />}
      {overTls && <TextArea name="certificate" label={t('provider.radius.certificate')} value={form.values.certificate} onInput={form.set('certificate')} error={state.error('settings/certificate')} help={t('provider.radius.certificate.help')} rows={4} monospace />}
      {overTls && <TextArea name="secret" label={t('provider.radius.key')} value={form.values.secret} onInput={form.set('secret')} error={state.error('secret')} help={t(props.hasSecret ? 'provider.secret.help' : 'provider.radius.key.help')} rows={4} monospace />}
      {!overTls && <TextInput
        name="secret" label={t('provider.radius.secret')} type="password" autocomplete="new-password" value={form.values.secret} onInput={form.set('secret')} optional={props.hasSecret}
        error={state.error('secret')} help={t(props.hasSecret ? 'provider.secret.help' : 'provider.radius.secret.help')}
      />}
      <Select
        name="use" label={t('provider.use')} help={t('provider.use.help')} value={form.values.use} onChange={form.set('use')}
        choices={[{ value: 'passwords', text: t('provider.use.passwords') }, { value: 'second-factor', text: t('provider.use.second-factor') }]}
      />
      {form.values.use === 'second-factor' && <TextInput name="radius-domain" label={t('provider.radius.domain')} value={form.values.radiusDomain} onInput={form.set('radiusDomain')} error={state.error('settings/domain')} help={t('provider.radius.domain.help')} optional monospace />}
      <Select
        name="protocol" label={t('provider.protocol')} value={form.values.protocol} onChange={form.set('protocol')} error={state.error('settings/protocol')}
        choices={[
          { value: 'pap', text: t('provider.protocol.pap') }, { value: 'chap', text: t('provider.protocol.chap') },
          ...(overTls || form.values.protocol === 'ms-chap-v2' ? [{ value: 'ms-chap-v2', text: t('provider.protocol.ms-chap-v2') }] : []),
        ]}
      />
      <Select
        name="group-attribute" label={t('provider.groups')} value={form.values.groupAttribute} onChange={form.set('groupAttribute')}
        choices={[{ value: 'filter-id', text: t('provider.groups.filter-id') }, { value: 'class', text: t('provider.groups.class') }, { value: 'none', text: t('provider.groups.none') }]}
      />
      <TextInput name="nas-identifier" label={t('provider.nasIdentifier')} value={form.values.nasIdentifier} onInput={form.set('nasIdentifier')} error={state.error('settings/nasIdentifier')} help={t('provider.nasIdentifier.help')} monospace />
      <div class="fields-2">
        <TextInput name="failover" label={t('provider.failover')} type="number" min={1} max={5} value={form.values.failover} onInput={form.set('failover')} error={state.error('settings/failoverSeconds')} />
        <TextInput name="timeout" label={t('provider.timeout')} type="number" min={1} max={10} value={form.values.timeout} onInput={form.set('timeout')} error={state.error('settings/timeoutSeconds')} />
      </div>
      <Checkbox
        name="challengeIsSecondFactor" label={t('provider.challengeIsSecondFactor')} help={t('provider.challengeIsSecondFactor.help')} checked={form.values.challengeIsSecondFactor}
        onChange={form.set('challengeIsSecondFactor')}
      />
    </section>
  );
});
