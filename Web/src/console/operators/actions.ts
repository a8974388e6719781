import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { me } from '../../core/session';
import { toastProblem } from '../../core/toasts';
import type { Operator } from '../../api/types';
import { confirm } from '../../ui/confirm';
import { showOnce } from '../../ui/SecretOnce';
import type { MenuItem } from '../../ui/Menu';

const changes = ['/operators', '/audit-events'];

/** What can be done to a colleague's account; one's own is for somebody else. */
export function operatorActions(person: Operator, edit: (person: Operator) => void): MenuItem[] {
  const { name } = person;
  const own = person.id === me.value?.user.id;
  const post = (verb: string, done: string) => void act(() => api.post(at`/operators/${person.id}/` + verb), { done, changes });
  return [
    { text: t('edit'), icon: 'edit', onPick: () => edit(person) },
    { text: t('user.unlock'), icon: 'lock-open', hidden: !person.locked, onPick: () => post('unlock', t('user.unlocked', { name })) },
    { text: t('user.enable'), icon: 'circle-check', hidden: person.state !== 'disabled', onPick: () => post('enable', t('user.enabled', { name })) },
    { text: t('operator.invite'), icon: 'send', danger: true, hidden: own || person.state === 'disabled', onPick: () => void invite(person) },
    { text: t('user.disable'), icon: 'lock', danger: true, hidden: own || person.state === 'disabled', onPick: () => void disable(person) },
  ];
}

function disable(person: Operator): Promise<boolean> {
  const { name } = person;
  return confirm({
    title: t('user.disable'), text: t('operator.disable.text', { name }), action: t('user.disable'), danger: true,
    work: async () => { await api.post(at`/operators/${person.id}/disable`); await act(async () => undefined, { done: t('user.disabled', { name }), changes }); },
  });
}

async function invite(person: Operator): Promise<void> {
  const yes = await confirm({ title: t('operator.invite'), text: t('operator.invite.text', { name: person.name }), action: t('operator.invite'), danger: true });
  if (!yes) return;
  try {
    const { url } = await api.post<{ url: string }>(at`/operators/${person.id}/invitation`);
    showInvitation(person.name, url);
  } catch (error) {
    toastProblem(error);
  }
}

export function showInvitation(name: string, url: string): void {
  showOnce({ title: t('user.invitation'), text: t('user.invitation.text', { name }), value: url });
}
