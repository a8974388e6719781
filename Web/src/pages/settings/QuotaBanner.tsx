import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Quotas } from '../../api/types';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { amountOf, pressing, quotaName } from './usage';

/** Tells administrators on every page that a limit of the plan is near or reached. */
export const QuotaBanner = component(() => {
  const quotas = useQuery<Quotas>(() => (may('usage.read') ? '/usage/quotas' : null));
  return () => {
    const worst = pressing(quotas.data?.items ?? [])[0];
    if (!worst || worst.limit === null || worst.used === null) return null;
    const words = { quota: quotaName(worst.kind), used: amountOf(worst.kind, worst.used), limit: amountOf(worst.kind, worst.limit) };
    return (
      <p class={['banner', worst.state]} role="status">
        <Icon name="alert-triangle" />
        <span>{worst.state === 'full' ? t('usage.banner.full', words) : t('usage.banner.near', words)}</span>
        <Link to="/usage">{t('usage.banner.more')}</Link>
      </p>
    );
  };
});
