import { component, h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import { at } from '../../core/paths';
import type { Invoice, Page as Paged, Quotas, UsageReport } from '../../api/types';
import { EmptyState, RelativeTime, Section } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { QuotaList, MeterList } from './UsageParts';
import { money } from './usage';

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
          <QuotaList items={report.items} />
        </Section>
      )} />
      <Section title={t('usage.month')}>
        <Loaded answer={usage} show={(report: UsageReport) => <MeterList items={report.items} />} />
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

const InvoiceLine = view<{ invoice: Invoice }>((props) => (
  <li>
    <Icon name="file-certificate" />
    <div class="grow"><b>{props.invoice.month}</b><small>{props.invoice.number} · <RelativeTime time={props.invoice.finalisedAt} /></small></div>
    <span class="amount">{money(props.invoice.total, props.invoice.currency)}</span>
    <a class="button" href={`/api/v1${at`/invoices/${props.invoice.id}/csv`}`} download><Icon name="download" />CSV</a>
  </li>
));
