import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { duration } from '../../core/time';
import type { SupportAccess } from '../../api/types';
import { confirm } from '../../ui/confirm';
import type { MenuItem } from '../../ui/Menu';

const changes = ['/support-accesses', '/audit-events'];

/** What an administrator can say to somebody of the hosting provider. */
export function supportActions(access: SupportAccess): MenuItem[] {
  const waits = access.isOpen && access.state === 'asked';
  return [
    { text: t('support.consent'), icon: 'lock-open', hidden: !waits, onPick: () => void consent(access) },
    { text: t('support.refuse'), icon: 'x', danger: true, hidden: !waits, onPick: () => void act(() => api.post(at`/support-accesses/${access.id}/refuse`), { done: t('support.refused', { name: access.operator }), changes }) },
    { text: t('support.revoke'), icon: 'lock', danger: true, hidden: !(access.isOpen && access.state === 'consented'), onPick: () => void revoke(access) },
  ];
}

function consent(access: SupportAccess): Promise<boolean> {
  const { operator: name, reason } = access;
  const role = roleName({ name: access.role, builtIn: access.role });
  return confirm({
    title: t('support.consent.title', { name }), text: t('support.consent.text', { name, role, reason, duration: duration(access.durationSeconds) }), action: t('support.consent'),
    work: async () => { await api.post(at`/support-accesses/${access.id}/consent`, {}); await act(async () => undefined, { done: t('support.consented', { name }), changes }); },
  });
}

export function revoke(access: SupportAccess): Promise<boolean> {
  const { operator: name } = access;
  return confirm({
    title: t('support.revoke'), text: t('support.revoke.text', { name }), action: t('support.revoke'), danger: true,
    work: async () => { await api.post(at`/support-accesses/${access.id}/revoke`); await act(async () => undefined, { done: t('support.revoked', { name }), changes }); },
  });
}
