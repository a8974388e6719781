import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { absolute, now, relative } from '../../core/time';
import type { Tenant } from '../../api/types';
import { Icon } from '../../ui/Icon';
import { isPastGrace } from './actions';

/** Where a tenant is in its life, wherever that needs a word: when its trial ends, when it is erased, and what still helps. */
export const TenantStanding = view<{ tenant: Tenant }>((props) => {
  const { tenant } = props;
  const said = standing(tenant);
  return said && (
    <div class={['note', said.tone]} role="status" data-testid="tenant-standing">
      <Icon name={said.tone === 'danger' ? 'alert-triangle' : 'clock'} />
      <div><strong>{said.title}</strong><p>{said.text}</p></div>
    </div>
  );
});

function standing(tenant: Tenant): { tone: 'wait' | 'danger'; title: string; text: string } | null {
  const { name } = tenant;
  const until = (time: string) => ({ when: relative(time, now.value), time: absolute(time), name });
  if (tenant.state === 'trial' && tenant.trialEndsAt) return { tone: 'wait', title: t('tenant.on-trial', until(tenant.trialEndsAt)), text: t('tenant.on-trial.text', until(tenant.trialEndsAt)) };
  if (tenant.state === 'suspended') {
    const isOver = !!tenant.trialEndsAt && Date.parse(tenant.trialEndsAt) <= now.value;
    return { tone: 'wait', title: t(isOver ? 'tenant.trial-over' : 'tenant.is-suspended'), text: t(isOver ? 'tenant.trial-over.text' : 'tenant.is-suspended.text', { name }) };
  }
  if (tenant.state === 'deleted') return { tone: 'danger', title: t('tenant.is-deleted'), text: t('tenant.is-deleted.text', { name }) };
  if (tenant.state !== 'closing' || !tenant.graceEndsAt) return null;
  if (isPastGrace(tenant)) return { tone: 'danger', title: t('tenant.erasing'), text: t('tenant.erasing.text', { name }) };
  return { tone: 'danger', title: t('tenant.is-closing', until(tenant.graceEndsAt)), text: t('tenant.is-closing.text', { ...until(tenant.graceEndsAt), state: stateName(tenant.closedFrom ?? 'active') }) };
}
