import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { Role, User } from '../../api/types';
import { roleName } from '../../core/names';
import { Picker, type Picked } from '../../ui/Picker';

interface MemberFieldsProps {
  prefix: string; users: Picked[]; groups: Picked[]; roles: Picked[]; onUsers: (value: Picked[]) => void; onGroups: (value: Picked[]) => void; onRoles: (value: Picked[]) => void; error?: string;
}

/** People, groups and roles, any of them. */
export const MemberFields = view<MemberFieldsProps>((props) => (
  <div>
    <Picker name={`${props.prefix}-users`} label={t('page.users')} value={props.users} onChange={props.onUsers} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} error={props.error} />
    <div class="fields-2">
      <Picker name={`${props.prefix}-groups`} label={t('page.groups')} value={props.groups} onChange={props.onGroups} path="/groups" />
      <Picker name={`${props.prefix}-roles`} label={t('user.roles')} value={props.roles} onChange={props.onRoles} path="/roles" toChoice={(role: Role) => ({ id: role.id, name: roleName(role) })} />
    </div>
  </div>
));
