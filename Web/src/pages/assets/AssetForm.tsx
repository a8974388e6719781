import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Asset, Node, List, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, Select, TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { nodePath } from './nodes';

export const AssetForm = component<{ asset: Asset | null; node?: string; onClose: () => void }>((props) => {
  const { asset } = props;
  const form = new Form({
    name: asset?.name ?? '', platform: asset?.platform ?? 'linux', address: asset?.address ?? '', port: String(asset?.port ?? 22), description: asset?.description ?? '',
    state: asset?.state ?? 'active', owner: asset?.owner ? [asset.owner] : ([] as Picked[]), nodes: asset?.nodes ?? (props.node ? [props.node] : []), labels: (asset?.labels ?? []).map(labelText),
  });
  const nodes = useQuery<List<Node>>(() => '/nodes');
  const save = async () => {
    const parsed: Record<string, (value: never) => unknown> = { port: Number, labels: (value: string[]) => value.map(readLabel), owner: (value: Picked[]) => value[0]?.id ?? null };
    const shape = (values: object) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parsed[name] ? parsed[name](value as never) : value]));
    if (asset) await api.patch(at`/assets/${asset.id}`, shape(form.changes), asset.version);
    else {
      const { state: _, ...created } = form.values;
      await api.post('/assets', shape(created));
    }
    invalidate('/assets', '/nodes', '/my/assets');
    toast(t('saved', { name: form.values.name }));
  };
  const list = () => nodes.data?.items ?? [];
  const mark = (name: keyof typeof form.values) => asset !== null && form.changed(name);
  return () => (
    <FormDrawer
      title={asset ? t('asset.edit', { name: asset.name }) : t('asset.new')} save={save} saveText={asset ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged} disabled={asset !== null && !form.isChanged}
      known={['name', 'platform', 'address', 'port', 'description', 'nodes', 'labels', 'state', 'owner']}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} changed={mark('name')} help={t('asset.name.help')} autofocus />,
        <div class="fields-2">
          <TextInput name="address" label={t('address')} value={form.values.address} onInput={form.set('address')} error={state.error('address')} changed={mark('address')} placeholder={t('asset.address.placeholder')} monospace />
          <TextInput name="port" label={t('asset.port')} type="number" min={1} max={65535} value={form.values.port} onInput={form.set('port')} error={state.error('port')} changed={mark('port')} inputmode="numeric" />
        </div>,
        <Select name="platform" label={t('platform')} value={form.values.platform} onChange={form.set('platform')} error={state.error('platform')} changed={mark('platform')} choices={[{ value: 'linux', text: platformName('linux') }]} />,
        list().length > 0 && <Choices many name="nodes" label={t('asset.nodes')} optional value={form.values.nodes} onChange={form.set('nodes')} error={state.error('nodes')} changed={mark('nodes')} choices={list().map((node) => ({ value: node.id, text: nodePath(node, list()) }))} />,
        <Tokens name="labels" label={t('asset.labels')} value={form.values.labels} onChange={form.set('labels')} error={state.error('labels')} changed={mark('labels')} help={t('asset.labels.help')} placeholder={t('asset.labels.placeholder')} />,
        may('users.read') && <Picker one name="owner" label={t('asset.owner')} optional value={form.values.owner} onChange={form.set('owner')} error={state.error('owner')} changed={mark('owner')} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} help={t('asset.owner.help')} />,
        <TextArea name="description" label={t('description')} optional value={form.values.description} onInput={form.set('description')} error={state.error('description')} changed={mark('description')} rows={2} />,
        asset && <Select name="state" label={t('state')} value={form.values.state} onChange={form.set('state')} error={state.error('state')} changed={mark('state')} help={t('asset.state.help')} choices={['active', 'disabled'].map((value) => ({ value, text: t(value === 'active' ? 'state.active' : 'state.disabled') }))} />,
      ]}
    />
  );
});
