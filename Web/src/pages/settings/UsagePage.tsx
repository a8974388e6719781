import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import { at } from '../../core/paths';
import type { Invoice, Page as Paged, Quota, Quotas, UsageReport } from '../../api/types';
import { EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { amountOf, byDay, meterName, money, quantityOf, quotaName, type MeterDays } from './usage';

const tones = { ok: 'good', near: 'wait', full: 'bad' } as const;
const shownDays = 31;

/** The plan, how much of it is used, what was used, and what it cost. */
export const UsagePage = component(() => {
  const quotas = useQuery<Quotas>(() => '/usage/quotas');
  const usage = useQuery<UsageReport>(() => '/usage');
  const invoices = useQuery<Paged<Invoice>>(() => (may('invoices.read') ? '/invoices' : null));
  return () => (
    <Page title={t('page.usage')} lead={t('usage.lead')}>
      <Loaded answer={quotas} show={(report: Quotas) => (
        <Section title={t('usage.plan', { name: report.planName })}>
          <p class="lead">{report.contact ? t('usage.contact', { contact: report.contact }) : t('usage.contact.provider')}</p>
          <ul class="list quotas">{report.items.map((item) => <QuotaLine quota={item} />)}</ul>
        </Section>
      )} />
      <Section title={t('usage.month')}>
        <Loaded answer={usage} show={(report: UsageReport) => {
          const meters = byDay(report.items, Date.now(), shownDays);
          return meters.length ? <ul class="list meters">{meters.map((one) => <MeterLine days={one} />)}</ul>
            : <EmptyState icon="history" title={t('usage.empty')} text={t('usage.empty.text')} />;
        }} />
      </Section>
      {may('invoices.read') && (
        <Section title={t('usage.invoices')}>
          <Loaded answer={invoices} show={(page: Paged<Invoice>) => page.items.length ? <ul class="list">{page.items.map((one) => <InvoiceLine invoice={one} />)}</ul>
            : <EmptyState icon="file-certificate" title={t('usage.invoices.empty')} text={t('usage.invoices.empty.text')} />} />
        </Section>
      )}
    </Page>
  );
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

const InvoiceLine = view<{ invoice: Invoice }>((props) => (
  <li>
    <Icon name="file-certificate" />
    <div class="grow"><b>{props.invoice.month}</b><small>{props.invoice.number} · <RelativeTime time={props.invoice.finalisedAt} /></small></div>
    <span class="amount">{money(props.invoice.total, props.invoice.currency)}</span>
    <a class="button" href={`/api/v1${at`/invoices/${props.invoice.id}/csv`}`} download><Icon name="download" />CSV</a>
  </li>
));
