import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Grant } from '../../api/types';
import { confirm } from '../../ui/confirm';

export function revoke(grant: Grant): Promise<boolean> {
  return confirm({
    title: t('grant.revoke.title', { name: grant.name }), text: t('grant.revoke.text'), action: t('grant.revoke'), danger: true, reason: { label: t('grant.revoke.reason') },
    work: async (reason) => {
      await api.post(at`/grants/${grant.id}/revoke`, { reason });
      invalidate('/grants', '/my/assets', '/sessions', '/my/sessions');
      toast(t('grant.revoked', { name: grant.name }));
    },
  });
}
