import { watch } from 'vue';
import { t } from '../core/i18n';
import { me, signOut } from '../core/session';
import { toastProblem } from '../core/toasts';
import { confirm } from '../ui/confirm';
import { forgetBasket } from '../pages/tickets/basket';
import { closeAll, liveTabs } from '../terminal/workspace';

/** Signs out, and ends the terminals with it: the next person at this browser finds none. */
export async function leave(): Promise<void> {
  const count = liveTabs();
  if (count > 0 && !(await confirm({ title: t('sign-out.title'), text: t('sign-out.text', { count }), action: t('sign-out'), danger: true }))) return;
  try {
    closeAll();
    const person = me.value?.user.id;
    await signOut();
    forgetBasket(person);
  } catch (error) {
    toastProblem(error);
  }
}

/** A session that ran out keeps its terminals for the same person to come back to; somebody else gets none of them. */
export function startLeaving(): void {
  let last: string | undefined;
  watch(() => me.value?.user.id, (now) => {
    if (now && last && now !== last) closeAll();
    last = now ?? last;
  }, { flush: 'sync' });
}
