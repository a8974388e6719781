import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Session } from '../../api/types';
import { confirm } from '../../ui/confirm';

/** Ends a live session; the person in it reads the reason. */
export function terminate(session: Session): Promise<boolean> {
  const target = `${session.account}@${session.asset.name}`;
  return confirm({
    title: t('session.terminate.title'), text: t('session.terminate.text', { name: session.user.name, target }), action: t('session.terminate'), danger: true,
    reason: { label: t('session.terminate.reason') },
    work: async (reason) => {
      await api.post(at`/sessions/${session.id}/terminate`, { reason });
      invalidate('/sessions', '/my/sessions');
      toast(t('session.terminated', { target }));
    },
  });
}
