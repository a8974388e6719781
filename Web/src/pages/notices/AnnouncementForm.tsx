import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Announcement, Approver, Page, Role, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { AnnouncementFields } from './AnnouncementFields';
import { announcementValues } from './announcements';

const of = (audience: Approver[], kind: 'user' | 'group'): Picked[] => audience.flatMap((one) => (one[kind] ? [{ id: one[kind], name: one.name }] : []));

/** Announces something, or something else instead. */
export const AnnouncementForm = component<{ announcement: Announcement | null; onClose: () => void }>((props) => {
  const { announcement } = props;
  const audience = announcement?.audience ?? [];
  const form = new Form({
    ...announcementValues(announcement), users: of(audience, 'user'), groups: of(audience, 'group'), roles: audience.flatMap((one) => one.role ?? []),
  });
  const roles = useQuery<Page<Role>>(() => (may('roles.read') ? '/roles' : null));
  const save = async () => {
    const { title, body, startsAt, endsAt, users, groups, roles: chosen } = form.values;
    const request = {
      title: title.trim(), body, startsAt: fromLocalInput(startsAt), endsAt: fromLocalInput(endsAt),
      audience: [...users.map((one) => ({ user: one.id })), ...groups.map((one) => ({ group: one.id })), ...chosen.map((role) => ({ role }))],
    };
    if (announcement) await api.put(at`/announcements/${announcement.id}`, request, announcement.version);
    else await api.post('/announcements', request);
    invalidate('/announcements', '/my/notices');
    toast(t('saved', { name: request.title }));
  };
  return () => (
    <FormDrawer
      title={announcement ? t('announcement.edit', { name: announcement.title }) : t('announcement.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['title', 'body', 'startsAt', 'endsAt', 'audience']}
      note={announcement ? t('announcement.edit.note') : undefined}
      fields={(state) => [
        <AnnouncementFields values={form.values} set={form.set} state={state} />,
        may('groups.read') && <Picker name="announcement-groups" label={t('page.groups')} value={form.values.groups} onChange={form.set('groups')} path="/groups" optional help={t('announcement.audience.help')} error={state.error('audience')} />,
        may('users.read') && <Picker name="announcement-users" label={t('page.users')} value={form.values.users} onChange={form.set('users')} path="/users" optional searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />,
        (roles.data?.items.length ?? 0) > 0 && <Choices many name="announcement-roles" label={t('user.roles')} value={form.values.roles} onChange={form.set('roles')} choices={roles.data!.items.map((role) => ({ value: role.id, text: roleName(role) }))} />,
      ]}
    />
  );
});
