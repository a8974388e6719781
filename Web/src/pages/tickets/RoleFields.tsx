import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { AskableRoles } from '../../api/types';
import type { FormState } from '../../ui/FormDrawer';
import { Select, TextInput, keeping } from '../../ui/inputs';
import type { RequestForm } from './request';

interface RoleAndPlaceProps { name: string; role: string; onRole: (role: string) => void; roleError?: string; place: string; onPlace: (place: string) => void; placeError?: string }

/** One of the roles that one may ask for, and where it is to hold. */
export const RoleAndPlace = component<RoleAndPlaceProps>((props) => {
  const answer = useQuery<AskableRoles>(() => (may('tickets.open') ? '/my/askable-roles' : null));
  return () => {
    const { roles = [], organizations = [] } = answer.data ?? {};
    if (answer.data && !roles.length && !props.role) return <p class="form-note">{t('role-request.none')}</p>;
    const places = organizations.filter((one) => !one.isWhole || one.id === props.place).map((one) => ({ value: one.id, text: one.name }));
    return [
      <Select
        name={props.name} label={t('role-request.role')} value={props.role} onChange={props.onRole} placeholder={t('role-request.choose')} error={props.roleError}
        choices={keeping(roles.map((one) => ({ value: one.id, text: roleName(one) })), props.role)}
      />,
      (organizations.length > 1 || !!props.place) && (
        <Select
          name={`${props.name}-organization`} label={t('role-request.where')} value={props.place} onChange={props.onPlace} placeholder={t('role-request.whole')} error={props.placeError}
          help={t('role-request.where.help')} choices={keeping(places, props.place)}
        />
      ),
    ] as never;
  };
});

/** Which role, where, and for how long: it ends by itself. */
export const RoleFields = view<{ form: RequestForm; state: FormState }>(({ form, state }) => [
  <RoleAndPlace
    name="role" role={form.values.role} onRole={form.set('role')} roleError={state.error('content/role')}
    place={form.values.organization} onPlace={form.set('organization')} placeError={state.error('content/organization')}
  />,
  <TextInput
    name="hours" label={t('role-request.hours')} type="number" min={0} value={form.values.hours} onInput={form.set('hours')} inputmode="decimal" error={state.error('content/durationSeconds')}
    help={t('role-request.hours.help')}
  />,
] as never);
