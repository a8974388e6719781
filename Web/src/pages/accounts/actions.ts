import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Account } from '../../api/types';
import { confirm } from '../../ui/confirm';

export function deleteAccount(account: Account): Promise<boolean> {
  const name = `${account.name}@${account.assetName}`;
  return confirm({
    title: t('account.delete.title', { name }), text: t('account.delete.text'), action: t('delete'), danger: true, typeName: account.name,
    work: async () => {
      await api.delete(at`/accounts/${account.id}`, account.version);
      invalidate('/accounts', '/my/assets');
      toast(t('account.deleted', { name }));
    },
  });
}
