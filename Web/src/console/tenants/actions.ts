import { api } from '../../core/client';
import { act } from '../../core/act';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { Tenant } from '../../api/types';
import { confirm } from '../../ui/confirm';
import { showOnce } from '../../ui/SecretOnce';
import type { IconName } from '../../ui/Icon';
import type { MenuItem } from '../../ui/Menu';

interface Transition { verb: string; from: string[]; title: Key; text: Key; done: Key; icon: IconName; danger?: boolean; typeName?: boolean }

/** What can be done to a tenant, by the states that it can be done in. */
const transitions: Transition[] = [
  { verb: 'suspend', from: ['trial', 'active'], title: 'tenant.suspend', text: 'tenant.suspend.text', done: 'tenant.suspended', icon: 'lock', danger: true },
  { verb: 'resume', from: ['suspended'], title: 'tenant.resume', text: 'tenant.resume.text', done: 'tenant.resumed', icon: 'lock-open' },
];

export function tenantActions(tenant: Tenant): MenuItem[] {
  const { name } = tenant;
  const ask = (one: Transition) => void confirm({
    title: t(one.title, { name }), text: t(one.text, { name }), action: t(one.title, { name }), danger: one.danger, typeName: one.typeName ? tenant.slug : undefined,
    work: async () => { await api.post(at`/tenants/${tenant.id}/` + one.verb); await act(async () => undefined, { done: t(one.done, { name }), changes: ['/tenants', '/audit-events'] }); },
  });
  return transitions.map((one) => ({
    text: t(one.title, { name }), icon: one.icon, danger: one.danger, hidden: !may('provider.tenants.manage') || !one.from.includes(tenant.state), onPick: () => ask(one),
  }));
}

export function showInvitation(tenant: string, url: string): void {
  showOnce({ title: t('user.invitation'), text: t('tenant.invitation.text', { tenant }), value: url });
}
