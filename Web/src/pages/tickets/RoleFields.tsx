import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { useQuery } from '../../core/query';
import type { AskableRoles } from '../../api/types';
import type { FormState } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import type { RequestForm } from './request';

/** Which role, where, and for how long: it ends by itself. */
export const RoleFields = component<{ form: RequestForm; state: FormState }>((props) => {
  const answer = useQuery<AskableRoles>(() => '/my/askable-roles');
  return () => {
    const { form, state } = props;
    const { roles = [], organizations = [] } = answer.data ?? {};
    if (answer.data && !roles.length) return <p class="form-note">{t('role-request.none')}</p>;
    return [
      <Select
        name="role" label={t('role-request.role')} value={form.values.role} onChange={form.set('role')} placeholder={t('role-request.choose')} error={state.error('content/role')}
        choices={roles.map((one) => ({ value: one.id, text: roleName(one) }))}
      />,
      organizations.length > 1 && (
        <Select
          name="role-organization" label={t('role-request.where')} value={form.values.organization} onChange={form.set('organization')} placeholder={t('role-request.whole')} error={state.error('content/organization')}
          help={t('role-request.where.help')} choices={organizations.filter((one) => !one.isWhole).map((one) => ({ value: one.id, text: one.name }))}
        />
      ),
      <TextInput name="hours" label={t('role-request.hours')} type="number" min={1} value={form.values.hours} onInput={form.set('hours')} inputmode="decimal" error={state.error('content/durationSeconds')} help={t('role-request.hours.help')} />,
    ] as never;
  };
});
