import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { number } from '../../core/time';
import { toast, toastProblem } from '../../core/toasts';
import type { IdentityLink, IdentityProvider, ProviderRemoval } from '../../api/types';
import { confirm } from '../../ui/confirm';

/** Switches a provider on or off. It is said before whose SSH keys cease with it. */
export async function switchProvider(provider: IdentityProvider): Promise<boolean> {
  const change = () => api.patch(at`/identity-providers/${provider.id}`, { enabled: !provider.enabled }, provider.version);
  let keyHolders = 0;
  if (provider.enabled) {
    try {
      keyHolders = (await api.get<ProviderRemoval>(at`/identity-providers/${provider.id}/removal`)).keyHolders;
    } catch (error) {
      toastProblem(error);
      return false;
    }
  }
  if (!keyHolders) return act(change, { done: t(provider.enabled ? 'provider.disabled' : 'saved', { name: provider.name }), changes: ['/identity-providers'] });
  return confirm({
    title: t('provider.disable.title', { name: provider.name }), text: t('provider.disable.keys', { count: number(keyHolders) }), action: t('provider.disable'), danger: true,
    work: async () => {
      await change();
      invalidate('/identity-providers');
      toast(t('provider.disabled', { name: provider.name }));
    },
  });
}

/** Who loses what with a provider, one line each; nothing if nobody loses anything. */
export function losses(removal: ProviderRemoval): string[] {
  if (!removal.people) return [];
  const of = (key: 'provider.delete.role' | 'provider.delete.group' | 'provider.delete.place', name: string, people: number) => t(key, { name, count: number(people) });
  return [
    ...removal.roles.map(({ role, people }) => of('provider.delete.role', roleName(role), people)),
    ...removal.groups.map((group) => of('provider.delete.group', group.name, group.people)),
    ...removal.places.map((place) => of('provider.delete.place', place.name, place.people)),
    ...(removal.managers ? [t('provider.delete.managers', { count: number(removal.managers) })] : []),
    ...(removal.keepsAdministrator ? [t('provider.delete.administrator')] : []),
  ];
}

/** What is said of it before: who comes in no more, and how many lose anything. */
export function lossText(removal: ProviderRemoval): string {
  const signIns = removal.signIns ? t('provider.delete.sign-ins', { count: number(removal.signIns) }) : t('provider.delete.text');
  const people = removal.people ? t('provider.delete.people', { count: number(removal.people) }) : t('provider.delete.nobody');
  return t('sentences', { first: signIns, second: people });
}

export async function removeProvider(provider: IdentityProvider): Promise<boolean> {
  let removal: ProviderRemoval;
  try {
    removal = await api.get<ProviderRemoval>(at`/identity-providers/${provider.id}/removal`);
  } catch (error) {
    toastProblem(error);
    return false;
  }
  return confirm({
    title: t('provider.delete.title', { name: provider.name }), text: lossText(removal), list: losses(removal), note: provider.enabled ? t('provider.delete.instead') : undefined,
    action: t('delete'), danger: true, typeName: provider.name,
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
