import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { fromLocalInput, number } from '../../core/time';
import { toast } from '../../core/toasts';
import type { IdentityProvider, Provisioning, ProvisioningCall, ProvisioningClient, ProvisioningToken } from '../../api/types';
import { CopyLine, EmptyState, Fact, Facts, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { showOnce } from '../../ui/SecretOnce';
import { Checkbox, TextInput } from '../../ui/inputs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

const tone = (status: number) => (status < 300 ? 'good' : status < 500 ? 'wait' : 'bad');

/** How a provider's own program says who its people are (SCIM 2.0): the address, its tokens and what it asked for. */
export const ProvisioningSection = component<{ provider: IdentityProvider }>((props) => {
  const path = () => at`/identity-providers/${props.provider.id}/provisioning`;
  const clients = () => at`/identity-providers/${props.provider.id}/provisioning-clients`;
  const calls = () => at`/identity-providers/${props.provider.id}/provisioning-calls`;
  const provisioning = useQuery<Provisioning>(path);
  const editing = ref(false);
  const adding = ref(false);
  const rotating = ref<ProvisioningClient | null>(null);
  const remove = (client: ProvisioningClient) => confirm({
    title: t('provisioning.client.delete.title', { name: client.name }), text: t('provisioning.client.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/identity-providers/${props.provider.id}/provisioning-clients/${client.id}`); invalidate(clients()); },
  });
  const tokens: Column<ProvisioningClient>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (client) => client.name },
    { id: 'expires', title: 'token.expires', cell: (client) => <RelativeTime time={client.expiresAt} />, text: (client) => client.expiresAt },
    { id: 'previous', title: 'provisioning.previous', off: true, cell: (client) => <RelativeTime time={client.previousUntil} />, text: (client) => client.previousUntil ?? '' },
    { id: 'used', title: 'last-used', kind: 'tight', cell: (client) => <RelativeTime time={client.lastUsedAt} none={t('never')} />, text: (client) => client.lastUsedAt ?? '' },
    { id: 'by', title: 'provisioning.by', off: true, cell: (client) => client.createdBy },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', off: true, cell: (client) => <RelativeTime time={client.createdAt} />, text: (client) => client.createdAt },
  ];
  const asked: Column<ProvisioningCall>[] = [
    { id: 'operation', title: 'provisioning.operation', kind: 'main', cell: (call) => tKnown(`provisioning-operation.${call.operation}`, call.operation), text: (call) => call.operation },
    { id: 'subject', title: 'provisioning.subject', cell: (call) => call.subject ?? '', text: (call) => call.subject ?? '' },
    { id: 'status', title: 'state', kind: 'tight', cell: (call) => <Tag tone={tone(call.status)}>{String(call.status)}</Tag>, text: (call) => String(call.status) },
    { id: 'note', title: 'provisioning.note', cell: (call) => call.note ?? '', text: (call) => call.note ?? '' },
    { id: 'client', title: 'provisioning.client', off: true, cell: (call) => call.client },
    { id: 'at', title: 'provisioning.at', kind: 'tight', sort: 'at', cell: (call) => <RelativeTime time={call.at} />, text: (call) => call.at },
  ];
  const facts = (now: Provisioning) => (
    <Facts>
      <Fact label="state"><StateTag state={now.enabled ? 'enabled' : 'disabled'} /></Fact>
      <Fact label="provisioning.people">{number(now.people)}</Fact>
      <Fact label="provisioning.groups">{number(now.groups)}</Fact>
      <Fact label="provisioning.privileged">{t(now.handlesPrivileged ? 'yes' : 'no')}</Fact>
    </Facts>
  );
  return () => (
    <Section title={t('provisioning')} actions={() => may('identity-providers.manage') && [
      <Button icon="edit" onClick={() => { editing.value = true; }} disabled={!provisioning.data}>{t('provisioning.settings')}</Button>,
      <Button icon="plus" onClick={() => { adding.value = true; }}>{t('provisioning.client.add')}</Button>,
    ]}>
      <p class="note">{t('provisioning.text')}</p>
      {provisioning.data && facts(provisioning.data)}
      <CopyLine text={`${location.origin}/scim/v2`} label={t('provisioning.copy')} />
      <h3 class="table-title">{t('provisioning.clients')}</h3>
      <ResourceTable<ProvisioningClient>
        id="provisioning-clients" path={clients()} label={t('provisioning.clients')} columns={tokens}
        rowActions={may('identity-providers.manage') ? (client) => [
          { text: t('provisioning.rotate'), icon: 'refresh', onPick: () => { rotating.value = client; } },
          { text: t('delete'), icon: 'trash', danger: true, onPick: () => void remove(client) },
        ] : undefined}
        empty={() => <EmptyState icon="terminal-2" title={t('provisioning.clients.empty')} text={t('provisioning.clients.empty.text')} />}
      />
      <h3 class="table-title">{t('provisioning.calls')}</h3>
      <ResourceTable<ProvisioningCall>
        id="provisioning-calls" path={calls()} label={t('provisioning.calls')} columns={asked}
        empty={() => <EmptyState icon="refresh" title={t('provisioning.calls.empty')} text={t('provisioning.calls.empty.text')} />}
      />
      {editing.value && provisioning.data && <SettingsForm provider={props.provider} provisioning={provisioning.data} onClose={() => { editing.value = false; }} />}
      {adding.value && <TokenForm provider={props.provider} onClose={() => { adding.value = false; }} />}
      {rotating.value && <RotateForm provider={props.provider} client={rotating.value} onClose={() => { rotating.value = null; }} />}
    </Section>
  );
});

const SettingsForm = component<{ provider: IdentityProvider; provisioning: Provisioning; onClose: () => void }>((props) => {
  const { provider, provisioning } = props;
  const form = new Form({ enabled: provisioning.enabled, privileged: provisioning.handlesPrivileged });
  const save = async () => {
    const body = { ...(form.changed('enabled') && { enabled: form.values.enabled }), ...(form.changed('privileged') && { handlesPrivileged: form.values.privileged }) };
    await api.patch(at`/identity-providers/${provider.id}/provisioning`, body, provisioning.version);
    invalidate(at`/identity-providers/${provider.id}/provisioning`);
    toast(t('saved', { name: t('provisioning') }));
  };
  const fields = () => (
    <div>
      <Checkbox name="enabled" label={t('provisioning.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} help={t('provisioning.enabled.help')} />
      <Checkbox name="privileged" label={t('provisioning.privileged')} checked={form.values.privileged} onChange={form.set('privileged')} help={t('provisioning.privileged.help')} />
    </div>
  );
  return () => <FormDrawer dialog title={t('provisioning.settings')} known={[]} changed={form.isChanged} save={save} onClose={props.onClose} fields={fields} />;
});

const TokenForm = component<{ provider: IdentityProvider; onClose: () => void }>((props) => {
  const form = new Form({ name: '', expiresAt: '' });
  const path = at`/identity-providers/${props.provider.id}/provisioning-clients`;
  const save = async () => {
    const expiresAt = fromLocalInput(form.values.expiresAt);
    const made = await api.post<ProvisioningToken>(path, { name: form.values.name.trim(), ...(expiresAt ? { expiresAt } : {}) });
    invalidate(path);
    showOnce({ title: t('provisioning.shown'), text: t('provisioning.shown.text'), value: made.token });
  };
  return () => (
    <FormDrawer
      dialog title={t('provisioning.client.add')} save={save} saveText={t('create')} onClose={props.onClose} changed={form.isChanged} known={['name', 'expiresAt']}
      fields={(state) => [
        <TextInput name="client-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        <TextInput name="expiresAt" label={t('token.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')} help={t('provisioning.expires.help')} />,
      ]}
    />
  );
});

const RotateForm = component<{ provider: IdentityProvider; client: ProvisioningClient; onClose: () => void }>((props) => {
  const form = new Form({ hours: '24', expiresAt: '' });
  const path = at`/identity-providers/${props.provider.id}/provisioning-clients`;
  const save = async () => {
    const expiresAt = fromLocalInput(form.values.expiresAt);
    const made = await api.post<ProvisioningToken>(at`/identity-providers/${props.provider.id}/provisioning-clients/${props.client.id}/rotate`, { overlapHours: Number(form.values.hours), ...(expiresAt ? { expiresAt } : {}) });
    invalidate(path);
    showOnce({ title: t('provisioning.shown'), text: t('provisioning.shown.text'), value: made.token });
  };
  return () => (
    <FormDrawer
      dialog title={t('provisioning.rotate.title', { name: props.client.name })} save={save} saveText={t('provisioning.rotate')} onClose={props.onClose} changed={true} known={['overlapHours', 'expiresAt']}
      fields={(state) => [
        <TextInput name="hours" label={t('provisioning.overlap')} type="number" min={0} max={168} value={form.values.hours} onInput={form.set('hours')} error={state.error('overlapHours')} help={t('provisioning.overlap.help')} autofocus />,
        <TextInput name="expiresAt" label={t('token.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')} help={t('provisioning.expires.help')} />,
      ]}
    />
  );
});
