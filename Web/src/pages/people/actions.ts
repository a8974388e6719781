import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toastProblem } from '../../core/toasts';
import type { TemporaryPassword, User } from '../../api/types';
import { confirm } from '../../ui/confirm';
import { showOnce } from '../../ui/SecretOnce';
import type { MenuItem } from '../../ui/Menu';

const changes = ['/users'];

/** What can be done to a person's account. */
export function userActions(user: User): MenuItem[] {
  const post = (verb: string, done: string) => act(() => api.post(at`/users/${user.id}/` + verb), { done, changes });
  const ask = (title: string, text: string, verb: string, done: string, danger = true) => void confirm({
    title, text, action: title, danger,
    work: async () => { await api.post(at`/users/${user.id}/` + verb); await act(async () => undefined, { done, changes }); },
  });
  const { name } = user;
  return [
    { text: t('user.unlock'), icon: 'lock-open', hidden: !user.locked, onPick: () => void post('unlock', t('user.unlocked', { name })) },
    { text: t('user.enable'), icon: 'circle-check', hidden: user.state !== 'disabled', onPick: () => void post('enable', t('user.enabled', { name })) },
    { text: t('user.invite'), icon: 'send', hidden: user.state === 'disabled', onPick: () => void invite(user) },
    { text: t('user.require-change'), icon: 'refresh', hidden: user.state === 'disabled' || user.mustChangePassword, onPick: () => ask(t('user.require-change'), t('user.require-change.text', { name }), 'require-password-change', t('user.require-change.done', { name }), false) },
    { text: t('temporary-password'), icon: 'key', hidden: user.state === 'disabled', onPick: () => void giveTemporaryPassword(user) },
    { text: t('user.reset-second-factor'), icon: 'shield-lock', danger: true, hidden: !user.secondFactor, onPick: () => ask(t('user.reset-second-factor'), t('user.reset-second-factor.text', { name }), 'reset-second-factor', t('user.reset-second-factor.done', { name })) },
    { text: t('user.disable'), icon: 'lock', danger: true, hidden: user.state === 'disabled', onPick: () => ask(t('user.disable'), t('user.disable.text', { name }), 'disable', t('user.disabled', { name })) },
  ];
}

async function invite(user: User): Promise<void> {
  try {
    const { url } = await api.post<{ url: string }>(at`/users/${user.id}/invitation`);
    showInvitation(user.name, url);
  } catch (error) {
    toastProblem(error);
  }
}

async function giveTemporaryPassword(user: User): Promise<void> {
  const { name } = user;
  await confirm({
    title: t('temporary-password'), text: t('temporary-password.give', { name }), action: t('create'),
    work: async () => {
      const { password } = await api.post<TemporaryPassword>(at`/users/${user.id}/temporary-password`);
      invalidate('/users');
      showOnce({ title: t('temporary-password'), text: t('temporary-password.given', { name }), value: password });
    },
  });
}

export function showInvitation(name: string, url: string): void {
  showOnce({ title: t('user.invitation'), text: t('user.invitation.text', { name }), value: url });
}
