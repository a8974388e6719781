import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { writeQuery } from '../../core/paths';
import { may } from '../../core/session';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { EgressAllowance } from '../../api/types';
import { EmptyState, RelativeTime } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Page } from '../../ui/Page';
import { TextInput } from '../../ui/inputs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

/** Private addresses that outgoing calls may reach; everything private is closed unless it stands here. */
export const EgressPage = component(() => {
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const name = (one: EgressAllowance) => `${one.host}:${one.port}`;
  const remove = (one: EgressAllowance) => confirm({
    title: t('egress.delete.title', { name: name(one) }), text: t('egress.delete.text'), action: t('remove'), danger: true,
    work: async () => { await api.delete('/egress-allowances' + writeQuery({ host: one.host, port: one.port })); invalidate('/egress-allowances'); toast(t('egress.deleted', { name: name(one) })); },
  });
  const columns: Column<EgressAllowance>[] = [
    { id: 'host', title: 'egress.host', kind: 'main', cell: (one) => <code>{one.host}</code>, text: (one) => one.host },
    { id: 'port', title: 'asset.port', kind: 'number', cell: (one) => one.port },
    { id: 'created', title: 'created', kind: 'tight', cell: (one) => <RelativeTime time={one.createdAt} />, text: (one) => one.createdAt ?? '' },
  ];
  return () => (
    <Page title={t('page.egress')} lead={t('egress.lead')} actions={() => may('webhooks.manage') && <Button kind="primary" icon="plus" onClick={add}>{t('egress.add')}</Button>}>
      <ResourceTable<EgressAllowance>
        id="egress" path="/egress-allowances" label={t('page.egress')} columns={columns} rowKey={name} rowActions={may('webhooks.manage') ? (one) => [{ text: t('remove'), icon: 'trash', danger: true, onPick: () => void remove(one) }] : undefined}
        empty={() => <EmptyState icon="world-share" title={t('egress.empty')} text={t('egress.empty.text')} action={may('webhooks.manage') ? t('egress.add') : undefined} onAction={add} />}
      />
      {adding.value && <EgressForm onClose={() => { adding.value = false; }} />}
    </Page>
  );
});

const EgressForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ host: '', port: '443' });
  const save = async () => {
    await api.put('/egress-allowances', { host: form.values.host.trim(), port: Number(form.values.port) });
    invalidate('/egress-allowances');
    toast(t('saved', { name: `${form.values.host}:${form.values.port}` }));
  };
  return () => (
    <FormDrawer
      dialog title={t('egress.add')} save={save} saveText={t('add')} onClose={props.onClose} changed={form.isChanged} known={['host', 'port']} note={t('egress.note')}
      fields={(state) => (
        <div class="fields-2">
          <TextInput name="host" label={t('egress.host')} value={form.values.host} onInput={form.set('host')} error={state.error('host')} monospace autofocus />
          <TextInput name="port" label={t('asset.port')} type="number" min={1} max={65535} value={form.values.port} onInput={form.set('port')} error={state.error('port')} inputmode="numeric" />
        </div>
      )}
    />
  );
});
