import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { Group, Named, User } from '../../api/types';
import { EmptyState, Person } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Picker, type Picked } from '../../ui/Picker';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

type Member = Named & { login?: string };

/** Who is in a group, and the way in and out. */
export const Members = component<{ group: Group }>((props) => {
  const picked = shallowRef<Picked[]>([]);
  const busy = ref(false);
  const changes = ['/groups', '/my/assets'];
  const add = async () => {
    busy.value = true;
    const done = await act(async () => {
      for (const user of picked.value) await api.put(at`/groups/${props.group.id}/members/${user.id}`);
    }, { done: t('group.added'), changes });
    busy.value = false;
    if (done) picked.value = [];
  };
  const remove = (member: Member) => confirm({
    title: t('group.remove.title', { name: member.name }), text: t('group.remove.text', { group: props.group.name }), action: t('remove'), danger: true,
    work: async () => { await api.delete(at`/groups/${props.group.id}/members/${member.id}`); await act(async () => undefined, { changes }); },
  });
  const columns: Column<Member>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (member) => <Person name={member.name} to={may('users.read') ? at`/users/${member.id}` : undefined} />, text: (member) => member.name },
    { id: 'login', title: 'login', cell: (member) => <code>{member.login}</code>, text: (member) => member.login ?? '' },
  ];
  return () => (
    <div>
      {may('groups.manage') && !props.group.keeper && (
        <form class="add-row" onSubmit={(event: Event) => { event.preventDefault(); void add(); }}>
          <Picker name="members" label={t('group.add')} value={picked.value} onChange={(value) => { picked.value = value; }} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
          <Button kind="primary" submit busy={busy.value} disabled={!picked.value.length}>{t('add')}</Button>
        </form>
      )}
      <ResourceTable<Member>
        id="members" path={at`/groups/${props.group.id}/members`} label={t('group.members')} columns={columns}
        rowActions={may('groups.manage') && !props.group.keeper ? (member) => [{ text: t('remove'), icon: 'trash', danger: true, onPick: () => void remove(member) }] : undefined}
        empty={() => <EmptyState icon="users" title={t('group.empty')} text={props.group.keeper?.leftAt ? undefined : t(props.group.keeper ? 'group.empty.kept' : 'group.empty.text')} />}
      />
    </div>
  );
});
