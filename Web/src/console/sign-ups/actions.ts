import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { SignUp } from '../../api/types';
import { confirm } from '../../ui/confirm';
import type { MenuItem } from '../../ui/Menu';

const changes = ['/sign-ups', '/tenants', '/audit-events'];

/** What can be said to a company that waits. */
export function signUpActions(signUp: SignUp): MenuItem[] {
  const hidden = !may('provider.tenants.manage') || signUp.state !== 'waiting';
  return [
    { text: t('sign-up.approve'), icon: 'check', hidden, onPick: () => void approve(signUp) },
    { text: t('sign-up.decline'), icon: 'x', danger: true, hidden, onPick: () => void decline(signUp) },
  ];
}

/** The refusal is shown in the dialog; what was decided meanwhile is asked for again all the same. */
async function decide(work: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await work();
  } finally {
    await act(async () => undefined, { changes });
  }
  await act(async () => undefined, { done, changes: [] });
}

function approve(signUp: SignUp): Promise<boolean> {
  const { company, email, slug } = signUp;
  return confirm({
    title: t('sign-up.approve.title', { company }), text: t('sign-up.approve.text', { email, slug }), action: t('sign-up.approve'),
    work: () => decide(() => api.post(at`/sign-ups/${signUp.id}/approve`), t('sign-up.approved', { company })),
  });
}

function decline(signUp: SignUp): Promise<boolean> {
  const { company, email } = signUp;
  return confirm({
    title: t('sign-up.decline.title', { company }), text: t('sign-up.decline.text', { email }), action: t('sign-up.decline'), danger: true, reason: { label: t('sign-up.decline.reason') },
    work: (reason) => decide(() => api.post(at`/sign-ups/${signUp.id}/reject`, { reason }), t('sign-up.declined', { company })),
  });
}
