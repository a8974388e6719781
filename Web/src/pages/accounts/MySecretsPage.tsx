import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { CheckOut } from '../../api/types';
import { EmptyState } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { Reveal } from './Reveal';
import { checkOutChanges, checkOutColumns, checkOutFilters, checkOutName, isOpen, isOver } from './checkOuts';

/** Gives a secret back before its time is over. */
function checkIn(one: CheckOut): Promise<boolean> {
  return confirm({
    title: t('check-out.in.title', { name: checkOutName(one) }), text: t('check-out.in.text'), action: t('check-out.in'),
    work: async () => {
      await api.post(at`/my/check-outs/${one.id}/check-in`);
      invalidate(...checkOutChanges);
      toast(t('check-out.in.done'));
    },
  });
}

/** The secrets that this person was given for a while: shown one at a time, and given back. */
export const MySecretsPage = component(() => {
  const shown = shallowRef<CheckOut | null>(null);
  const show = (one: CheckOut) => isOpen(one) && (
    <Button small kind="primary" icon="eye" label={t('check-out.show.of', { name: checkOutName(one) })} onClick={() => { shown.value = one; }}>{t('check-out.show')}</Button>
  );
  const columns: Column<CheckOut>[] = [
    { id: 'name', title: 'account', kind: 'main', cell: (one) => [<code>{one.accountName}</code>, <small>{one.assetName}</small>], text: checkOutName },
    { id: 'from', title: 'grant.source', kind: 'tight', cell: (one) => <Link to={at`/requests/${one.ticket}`}>{t('ticket.title', { number: one.number })}</Link>, text: (one) => String(one.number) },
    ...checkOutColumns(),
    { id: 'show', title: 'check-out.show', kind: 'tight', cell: show, text: () => '' },
  ];
  const actions = (one: CheckOut) => [
    { text: t('check-out.show'), icon: 'eye' as const, hidden: !isOpen(one), onPick: () => { shown.value = one; } },
    { text: t('check-out.in'), icon: 'circle-x' as const, hidden: isOver(one), onPick: () => void checkIn(one) },
  ];
  const request = () => may('tickets.open') && <Link class="button" to="/requests?new=1&ask=secret">{t('check-out.ask')}</Link>;
  return () => (
    <Page title={t('page.my-secrets')} lead={t('my-secrets.lead')} actions={request}>
      <ResourceTable<CheckOut>
        id="my-check-outs" path="/my/check-outs" label={t('page.my-secrets')} columns={columns} filters={checkOutFilters()} searchBy={['accountName']} rowActions={actions}
        empty={() => <EmptyState icon="key" title={t('my-secrets.empty')} text={t('my-secrets.empty.text')} action={may('tickets.open') ? t('check-out.ask') : undefined} to="/requests?new=1&ask=secret" />}
      />
      {shown.value && <Reveal name={checkOutName(shown.value)} path={at`/my/check-outs/${shown.value.id}/show`} text={t('check-out.show.text')} onClose={() => { shown.value = null; }} />}
    </Page>
  );
});
