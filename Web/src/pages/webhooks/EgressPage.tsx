import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { EgressAllowance, List } from '../../api/types';
import { EmptyState } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { TextInput } from '../../ui/inputs';

const address = (one: EgressAllowance): string => `${one.host}:${one.port}`;

/** The list is replaced as a whole, so it is read again right before: nobody's change in the meantime is lost. */
async function change(edit: (items: EgressAllowance[]) => EgressAllowance[]): Promise<void> {
  const now = await api.get<List<EgressAllowance>>('/egress-allowances');
  await api.put('/egress-allowances', { items: edit(now.items.map(({ host, port }) => ({ host, port }))) });
  invalidate('/egress-allowances');
}

/** Private addresses that outgoing calls may reach; everything private is closed unless it stands here. */
export const EgressPage = component(() => {
  const answer = useQuery<List<EgressAllowance>>(() => '/egress-allowances');
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const remove = (one: EgressAllowance) => confirm({
    title: t('egress.delete.title', { name: address(one) }), text: t('egress.delete.text'), action: t('remove'), danger: true,
    work: async () => { await change((items) => items.filter((other) => address(other) !== address(one))); toast(t('egress.deleted', { name: address(one) })); },
  });
  const line = (one: EgressAllowance) => (
    <li key={address(one)}>
      <Icon name="world-share" /><div class="grow"><code>{address(one)}</code></div>
      {may('webhooks.manage') && <Button small kind="danger" onClick={() => void remove(one)}>{t('remove')}</Button>}
    </li>
  );
  return () => (
    <Page title={t('page.egress')} lead={t('egress.lead')} actions={() => may('webhooks.manage') && <Button kind="primary" icon="plus" onClick={add}>{t('egress.add')}</Button>}>
      <Loaded answer={answer} show={(list: List<EgressAllowance>) => list.items.length ? <ul class="list">{list.items.map(line)}</ul> : (
        <EmptyState icon="world-share" title={t('egress.empty')} text={t('egress.empty.text')} action={may('webhooks.manage') ? t('egress.add') : undefined} onAction={add} />
      )} />
      {adding.value && <EgressForm onClose={() => { adding.value = false; }} />}
    </Page>
  );
});

const EgressForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ host: '', port: '443' });
  const save = async () => {
    const added = { host: form.values.host.trim(), port: Number(form.values.port) };
    await change((items) => [...items.filter((one) => address(one) !== address(added)), added]);
    toast(t('saved', { name: address(added) }));
  };
  return () => (
    <FormDrawer
      dialog title={t('egress.add')} save={save} saveText={t('add')} onClose={props.onClose} changed={form.isChanged} note={t('egress.note')}
      fields={() => (
        <div class="fields-2">
          <TextInput name="host" label={t('egress.host')} value={form.values.host} onInput={form.set('host')} monospace autofocus />
          <TextInput name="port" label={t('asset.port')} type="number" min={1} max={65535} value={form.values.port} onInput={form.set('port')} inputmode="numeric" />
        </div>
      )}
    />
  );
});
