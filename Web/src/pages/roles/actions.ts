import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { Role } from '../../api/types';
import { confirm } from '../../ui/confirm';

/** Whether this person may change or remove the role: one of the company's, with nothing in it that they have not. */
export const mayChange = (role: Role): boolean => may('roles.manage') && !role.builtIn && role.permissions.every(may);

export function removeRole(role: Role): Promise<boolean> {
  return confirm({
    title: t('role.delete.title', { name: role.name }), text: t('role.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/roles/${role.id}`); invalidate('/roles'); toast(t('role.deleted', { name: role.name })); },
  });
}
