import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { Quota, UsageItem } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { amountOf, byDay, meterName, quantityOf, quotaName, type MeterDays } from './usage';

const tones = { ok: 'good', near: 'wait', full: 'bad' } as const;
const shownDays = 31;

/** Limits of a plan, and how much of each is used. */
export const QuotaList = view<{ items: Quota[] }>((props) => <ul class="list quotas">{props.items.map((item) => <QuotaLine quota={item} />)}</ul>);

/** What was used of each meter in a month, day by day. */
export const MeterList = view<{ items: UsageItem[] }>((props) => {
  const meters = byDay(props.items, Date.now(), shownDays);
  return meters.length ? <ul class="list meters">{meters.map((one) => <MeterLine days={one} />)}</ul>
    : <EmptyState icon="history" title={t('usage.empty')} text={t('usage.empty.text')} />;
});

const QuotaLine = view<{ quota: Quota }>((props) => (
  <li>
    <div class="grow">
      <b>{quotaName(props.quota.kind)}</b>
      {props.quota.limit !== null && props.quota.used !== null && (
        <div class={['meter', props.quota.state]} role="meter" aria-label={quotaName(props.quota.kind)} aria-valuemin={0} aria-valuemax={props.quota.limit} aria-valuenow={props.quota.used}>
          <div style={{ width: `${props.quota.limit ? Math.min(100, (props.quota.used / props.quota.limit) * 100) : 100}%` }} />
        </div>
      )}
    </div>
    <span class="amount">
      {props.quota.limit === null ? (props.quota.used === null ? t('usage.no-limit') : t('usage.used', { used: amountOf(props.quota.kind, props.quota.used) }))
        : props.quota.used === null ? t('usage.up-to', { limit: amountOf(props.quota.kind, props.quota.limit) })
          : t('usage.used-of', { used: amountOf(props.quota.kind, props.quota.used), limit: amountOf(props.quota.kind, props.quota.limit) })}
    </span>
    {props.quota.state !== 'ok' && <Tag tone={tones[props.quota.state]}>{props.quota.state === 'full' ? t('usage.full') : t('usage.near')}</Tag>}
  </li>
));

const MeterLine = view<{ days: MeterDays }>((props) => {
  const most = Math.max(...props.days.days, 1);
  return (
    <li>
      <div class="grow"><b>{meterName(props.days.meter)}</b></div>
      <svg class="spark" viewBox={`0 0 ${props.days.days.length * 4} 28`} preserveAspectRatio="none" role="img" aria-label={t('usage.by-day', { meter: meterName(props.days.meter) })}>
        {props.days.days.map((quantity, index) => <rect x={index * 4} width={3} y={28 - (quantity / most) * 28} height={(quantity / most) * 28} />)}
      </svg>
      <span class="amount">{quantityOf(props.days.meter, props.days.total)}</span>
    </li>
  );
});
