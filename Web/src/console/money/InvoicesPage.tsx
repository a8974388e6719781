import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Invoice, Tenant } from '../../api/types';
import { EmptyState, RelativeTime } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { FormDrawer } from '../../ui/FormDrawer';
import { Page } from '../../ui/Page';
import { Picker, type Picked } from '../../ui/Picker';
import { TextInput } from '../../ui/inputs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { money } from '../../pages/settings/usage';

const file = (invoice: Invoice, kind: 'csv' | 'document'): string => `/provider/v1${at`/invoices/${invoice.id}`}/${kind}`;

/** What companies were billed; every invoice computes again from the events. */
export const InvoicesPage = component(() => {
  const making = ref(false);
  const make = () => { making.value = true; };
  const mayMake = () => may('provider.invoices.manage');
  const check = async (invoice: Invoice) => {
    const answer = await api.get<{ isIdentical: boolean }>(at`/invoices/${invoice.id}/check`);
    toast(answer.isIdentical ? t('invoice.identical', { number: invoice.number }) : t('invoice.different', { number: invoice.number }));
  };
  const columns: Column<Invoice>[] = [
    { id: 'number', title: 'invoice.number', kind: 'main', cell: (invoice) => <b>{invoice.number}</b>, text: (invoice) => invoice.number },
    { id: 'month', title: 'invoice.month', kind: 'tight', sort: 'month', cell: (invoice) => invoice.month, text: (invoice) => invoice.month },
    { id: 'total', title: 'invoice.total', kind: 'number', cell: (invoice) => money(invoice.total, invoice.currency), text: (invoice) => String(invoice.total) },
    { id: 'made', title: 'invoice.made', kind: 'tight', sort: 'finalisedAt', cell: (invoice) => <RelativeTime time={invoice.finalisedAt} />, text: (invoice) => invoice.finalisedAt },
    { id: 'sent', title: 'invoice.sent', kind: 'tight', cell: (invoice) => <RelativeTime time={invoice.pushedAt} />, text: (invoice) => invoice.pushedAt ?? '' },
    { id: 'files', title: 'invoice.files', kind: 'tight', cell: (invoice) => <span class="row"><a href={file(invoice, 'csv')} download>CSV</a><a href={file(invoice, 'document')} download>JSON</a></span>, text: (invoice) => invoice.sha256 },
  ];
  return () => (
    <Page title={t('page.invoices')} lead={t('invoices.lead')} actions={() => mayMake() && <Button kind="primary" icon="plus" onClick={make}>{t('invoice.make')}</Button>}>
      <ResourceTable<Invoice>
        id="invoices" path="/invoices" label={t('page.invoices')} columns={columns} searchBy={['month']}
        rowActions={(invoice) => [
          { text: t('invoice.check'), icon: 'check', onPick: () => void act(() => check(invoice), { changes: [] }) },
          { text: t('invoice.push'), icon: 'external-link', hidden: !mayMake(), onPick: () => void act(() => api.post(at`/invoices/${invoice.id}/push`), { changes: ['/invoices'], done: t('invoice.pushed', { number: invoice.number }) }) },
        ]}
        empty={() => <EmptyState icon="file-certificate" title={t('invoices.empty')} text={t('invoices.empty.text')} action={mayMake() ? t('invoice.make') : undefined} onAction={make} />}
      />
      {making.value && <MakeForm onClose={() => { making.value = false; }} />}
    </Page>
  );
});

const lastMonth = (): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
};

const MakeForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ tenant: [] as Picked[], month: lastMonth() });
  const save = async () => {
    const made = await api.post<Invoice>('/invoices', { tenant: form.values.tenant[0]?.id, month: form.values.month.trim() });
    invalidate('/invoices');
    toast(t('saved', { name: made.number }));
  };
  return () => (
    <FormDrawer
      dialog title={t('invoice.make')} save={save} saveText={t('create')} onClose={props.onClose} changed={form.isChanged} note={t('invoice.make.note')} known={['tenant', 'month']} disabled={!form.values.tenant.length}
      fields={(state) => [
        <Picker one name="invoice-tenant" label={t('tenant-usage.tenant')} value={form.values.tenant} onChange={form.set('tenant')} path="/tenants" searchBy={['name', 'slug']} toChoice={(one: Tenant) => ({ id: one.id, name: one.name, note: one.slug })} error={state.error('tenant')} />,
        <TextInput name="invoice-month" label={t('invoice.month')} value={form.values.month} onInput={form.set('month')} error={state.error('month')} monospace />,
      ]}
    />
  );
});
