import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Asset } from '../../api/types';
import { confirm } from '../../ui/confirm';

export function deleteAsset(asset: Asset): Promise<boolean> {
  return confirm({
    title: t('asset.delete.title', { name: asset.name }), text: t('asset.delete.text'), action: t('delete'), danger: true, typeName: asset.name,
    work: async () => {
      await api.delete(at`/assets/${asset.id}`, asset.version);
      invalidate('/assets', '/nodes', '/accounts', '/my/assets');
      toast(t('asset.deleted', { name: asset.name }));
    },
  });
}
