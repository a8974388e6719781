import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { route, setQuery } from '../../core/router';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Node, List, User } from '../../api/types';
import { IconButton } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Select, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { nodePath, tree, type Branch } from './nodes';

/** The folders of the estate; the chosen one stands in the address. */
export const NodeTree = component(() => {
  const answer = useQuery<List<Node>>(() => '/nodes');
  const editing = shallowRef<{ node: Node | null; parent: string } | null>(null);
  const choose = (node?: string) => setQuery({ node, cursor: undefined }, false);
  const remove = (node: Node) => confirm({
    title: t('node.delete.title', { name: node.name }), text: t('node.delete.text', { count: node.assetCount }), action: t('delete'), danger: true,
    work: async () => {
      await api.delete(at`/nodes/${node.id}`);
      if (route.query.node === node.id) choose();
      invalidate('/nodes', '/assets');
    },
  });
  const items = (node: Node) => [
    { text: t('node.add-below'), icon: 'folder-plus' as const, onPick: () => { editing.value = { node: null, parent: node.id }; } },
    { text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = { node, parent: node.parent ?? '' }; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void remove(node) },
  ];
  const line = ({ node, children }: Branch): unknown => (
    <li key={node.id}>
      <div>
        <button type="button" class="node" aria-current={route.query.node === node.id} onClick={() => choose(node.id)}>
          <Icon name="folder" size={16} /><span class="name" title={node.name}>{node.name}</span>{node.assetCount > 0 && <span class="faint">{node.assetCount}</span>}
        </button>
        {may('assets.manage') && <Menu label={t('node.actions', { name: node.name })} icon="dots" items={items(node)} />}
      </div>
      {children.length > 0 && <ul>{children.map(line) as never}</ul>}
    </li>
  );
  return () => (
    <nav class="tree card" aria-label={t('node.tree')}>
      <div class="tree-all">
        <button type="button" class="node" aria-current={!route.query.node} onClick={() => choose()}><Icon name="server-2" size={16} /><span class="name">{t('node.all')}</span></button>
        {may('assets.manage') && <IconButton icon="folder-plus" label={t('node.new')} onClick={() => { editing.value = { node: null, parent: '' }; }} />}
      </div>
      <Loaded answer={answer} lines={3} show={(page: List<Node>) => <ul>{tree(page.items).map(line) as never}</ul>} />
      {editing.value && <NodeForm node={editing.value.node} parent={editing.value.parent} nodes={answer.data?.items ?? []} onClose={() => { editing.value = null; }} />}
    </nav>
  );
});

const NodeForm = component<{ node: Node | null; parent: string; nodes: Node[]; onClose: () => void }>((props) => {
  const form = new Form({ name: props.node?.name ?? '', parent: props.parent, owner: (props.node?.owner ? [props.node.owner] : []) as Picked[] });
  const save = async () => {
    // An owner whom the reader may not see is not one who is taken away.
    const body = { name: form.values.name.trim(), parent: form.values.parent || null, ...(form.changed('owner') ? { owner: form.values.owner[0]?.id ?? null } : {}) };
    if (props.node) await api.patch(at`/nodes/${props.node.id}`, body, props.node.version);
    else await api.post('/nodes', body);
    invalidate('/nodes', '/assets');
    toast(t('saved', { name: form.values.name }));
  };
  return () => (
    <FormDrawer
      dialog title={props.node ? t('node.edit') : t('node.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'parent', 'owner']} saveText={props.node ? t('save') : t('create')}
      fields={(state) => [
        <TextInput name="node-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        <Select
          name="node-parent" label={t('node.parent')} value={form.values.parent} onChange={form.set('parent')} error={state.error('parent')} placeholder={t('node.top')}
          choices={props.nodes.filter((node) => node.id !== props.node?.id).map((node) => ({ value: node.id, text: nodePath(node, props.nodes) }))}
        />,
        may('users.read') && <Picker one name="node-owner" label={t('asset.owner')} optional value={form.values.owner} onChange={form.set('owner')} error={state.error('owner')} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} help={t('asset.owner.help')} />,
      ]}
    />
  );
});
