import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { number } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Group } from '../../api/types';
import { CopyId, EmptyState, RelativeTime } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { TextInput } from '../../ui/inputs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { Members } from './Members';

const GroupForm = component<{ group: Group | null; onClose: () => void }>((props) => {
  const form = new Form({ name: props.group?.name ?? '' });
  const save = async () => {
    const body = { name: form.values.name.trim() };
    if (props.group) await api.patch(at`/groups/${props.group.id}`, body, props.group.version);
    else await api.post('/groups', body);
    invalidate('/groups');
    toast(t('saved', { name: body.name }));
  };
  return () => (
    <FormDrawer
      dialog title={props.group ? t('group.edit', { name: props.group.name }) : t('group.new')} save={save} saveText={props.group ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged} known={['name']}
      fields={(state) => <TextInput name="group-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus />}
    />
  );
});

function remove(group: Group): Promise<boolean> {
  return confirm({
    title: t('group.delete.title', { name: group.name }), text: t('group.delete.text'), action: t('delete'), danger: true, typeName: group.name,
    work: async () => { await api.delete(at`/groups/${group.id}`, group.version); invalidate('/groups'); toast(t('group.deleted', { name: group.name })); },
  });
}

/** One that its directory has would be back with the next sync. */
const isRemovable = (group: Group) => !group.keeper || !!group.keeper.leftAt;

export const GroupsPage = component(() => {
  const editing = shallowRef<Group | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const columns: Column<Group>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (group) => <Link to={at`/groups/${group.id}`}>{group.name}</Link>, text: (group) => group.name },
    { id: 'keeper', title: 'group.keeper', cell: (group) => group.keeper?.name, text: (group) => group.keeper?.name ?? '' },
    { id: 'members', title: 'group.members', kind: 'number', cell: (group) => number(group.members) },
    { id: 'created', title: 'created', kind: 'tight', sort: 'created', cell: (group) => <RelativeTime time={group.createdAt} />, text: (group) => group.createdAt },
  ];
  const actions = (group: Group) => [
    ...(group.keeper ? [] : [{ text: t('edit'), icon: 'edit' as const, onPick: () => { editing.value = group; } }]),
    ...(isRemovable(group) ? [{ text: t('delete'), icon: 'trash' as const, danger: true, onPick: () => void remove(group) }] : []),
  ];
  return () => (
    <Page title={t('page.groups')} actions={() => may('groups.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('group.new')}</Button>}>
      <ResourceTable<Group>
        id="groups" path="/groups" label={t('page.groups')} columns={columns} searchBy={['name']} rowLink={(group) => at`/groups/${group.id}`} rowActions={may('groups.manage') ? actions : undefined}
        empty={() => <EmptyState icon="users-group" title={t('groups.empty')} text={t('groups.empty.text')} action={may('groups.manage') ? t('group.new') : undefined} onAction={create} />}
      />
      {editing.value && <GroupForm group={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});

export const GroupPage = component(() => {
  const id = route.params.group ?? '';
  const answer = useQuery<Group>(() => at`/groups/${id}`);
  const editing = shallowRef(false);
  const show = (group: Group) => (
    <Page
      title={group.name} state={() => <CopyId id={group.id} short />}
      actions={() => may('groups.manage') && [
        !group.keeper && <Button icon="edit" onClick={() => { editing.value = true; }}>{t('edit')}</Button>,
        isRemovable(group) && <Button kind="danger" icon="trash" onClick={async () => { if (await remove(group)) await navigate('/groups', { replace: true }); }}>{t('delete')}</Button>,
      ]}
    >
      {group.keeper && (
        <p class="note">
          <span>
            {t(group.keeper.leftAt ? 'group.kept.left' : 'group.kept')}{' '}
            {may('identity-providers.read') ? <Link to={at`/identity-providers/${group.keeper.id}`}>{group.keeper.name}</Link> : group.keeper.name}
          </span>
        </p>
      )}
      <Members group={group} />
      {editing.value && <GroupForm group={group} onClose={() => { editing.value = false; }} />}
    </Page>
  );
  return () => <Loaded answer={answer} show={show} />;
});
