import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityLink, IdentityProvider } from '../../api/types';
import { confirm } from '../../ui/confirm';

export function switchProvider(provider: IdentityProvider): Promise<boolean> {
  return act(() => api.patch(at`/identity-providers/${provider.id}`, { enabled: !provider.enabled }, provider.version), { done: t('saved', { name: provider.name }), changes: ['/identity-providers'] });
}

export function removeProvider(provider: IdentityProvider): Promise<boolean> {
  return confirm({
    title: t('provider.delete.title', { name: provider.name }), text: t('provider.delete.text'), action: t('delete'), danger: true, typeName: provider.name,
    work: async () => {
      await api.delete(at`/identity-providers/${provider.id}`, provider.version);
      invalidate('/identity-providers');
      toast(t('provider.deleted', { name: provider.name }));
    },
  });
}

export function unlink(provider: IdentityProvider, link: IdentityLink): Promise<boolean> {
  return confirm({
    title: t('provider.unlink.title', { name: link.name }), text: t('provider.unlink.text', { provider: provider.name }), action: t('remove'), danger: true,
    work: async () => {
      await api.delete(at`/identity-providers/${provider.id}/links/${link.user}`);
      invalidate('/identity-providers');
    },
  });
}
