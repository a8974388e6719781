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

/** What can be done to a tenant with no more than a yes, by the states that it can be done in. */
const transitions: Transition[] = [
  { verb: 'activate', from: ['trial', 'suspended'], title: 'tenant.activate', text: 'tenant.activate.text', done: 'tenant.activated', icon: 'circle-check' },
  { verb: 'suspend', from: ['trial', 'active'], title: 'tenant.suspend', text: 'tenant.suspend.text', done: 'tenant.suspended', icon: 'lock', danger: true },
  { verb: 'resume', from: ['suspended'], title: 'tenant.resume', text: 'tenant.resume.text', done: 'tenant.resumed', icon: 'lock-open' },
  { verb: 'cancel-closing', from: ['closing'], title: 'tenant.cancel-closing', text: 'tenant.cancel-closing.text', done: 'tenant.closing-cancelled', icon: 'refresh' },
  { verb: 'delete', from: ['closing'], title: 'tenant.delete', text: 'tenant.delete.text', done: 'tenant.deletes', icon: 'trash', danger: true, typeName: true },
];

/** A form that a transition needs, opened by the page that shows the tenant. */
export type TenantForms = (form: 'trial' | 'close', tenant: Tenant) => void;

/** Whether nothing leads back any more: the grace period is over, and the erasing begins or has begun. */
export const isPastGrace = (tenant: Tenant): boolean => tenant.state === 'closing' && !!tenant.graceEndsAt && Date.parse(tenant.graceEndsAt) <= Date.now();

export function tenantActions(tenant: Tenant, open: TenantForms): MenuItem[] {
  const { name } = tenant;
  const mayManage = may('provider.tenants.manage') && !isPastGrace(tenant);
  const ask = (one: Transition) => void confirm({
    title: t(one.title, { name }), text: t(one.text, { name }), action: t(one.title, { name }), danger: one.danger, typeName: one.typeName ? name : undefined,
    work: async () => { await api.post(at`/tenants/${tenant.id}/` + one.verb, one.typeName ? { confirm: name } : undefined); await act(async () => undefined, { done: t(one.done, { name }), changes: ['/tenants', '/audit-events'] }); },
  });
  const isOpen = ['trial', 'active', 'suspended'].includes(tenant.state);
  return [
    { text: t(tenant.state === 'trial' ? 'tenant.trial.move' : 'tenant.trial'), icon: 'clock', hidden: !mayManage || !isOpen, onPick: () => open('trial', tenant) },
    ...transitions.map((one): MenuItem => ({ text: t(one.title, { name }), icon: one.icon, danger: one.danger, hidden: !mayManage || !one.from.includes(tenant.state), onPick: () => ask(one) })),
    { text: t('tenant.close'), icon: 'circle-x', danger: true, hidden: !mayManage || !isOpen, onPick: () => open('close', tenant) },
  ];
}

export function showInvitation(tenant: string, url: string): void {
  showOnce({ title: t('user.invitation'), text: t('tenant.invitation.text', { tenant }), value: url });
}
