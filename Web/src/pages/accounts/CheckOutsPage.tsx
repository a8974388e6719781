import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { CheckOut } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { confirm } from '../../ui/confirm';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { checkOutChanges, checkOutColumns, checkOutFilters, checkOutName, isOver } from './checkOuts';

/** Takes a secret back; what was seen is known, so it is to be replaced as well. */
function revoke(one: CheckOut): Promise<boolean> {
  return confirm({
    title: t('check-out.revoke.title', { name: checkOutName(one) }), text: t('check-out.revoke.text'), action: t('grant.revoke'), danger: true, reason: { label: t('grant.revoke.reason') },
    work: async (reason) => {
      await api.post(at`/check-outs/${one.id}/revoke`, { reason });
      invalidate(...checkOutChanges);
      toast(t('check-out.revoked'));
    },
  });
}

/** Who has or had which secret, until when, and whether they have looked at it. */
export const CheckOutsPage = component(() => {
  const columns: Column<CheckOut>[] = [
    { id: 'name', title: 'account', kind: 'main', cell: (one) => [<code>{one.accountName}</code>, <small>{may('assets.read') ? <Link to={at`/assets/${one.asset}?tab=accounts`}>{one.assetName}</Link> : one.assetName}</small>], text: checkOutName },
    { id: 'user', title: 'grant.who', cell: (one) => (may('users.read') ? <Link to={at`/users/${one.user}`}>{one.userName || one.user}</Link> : one.userName), text: (one) => one.userName },
    { id: 'from', title: 'grant.source', kind: 'tight', cell: (one) => (may('tickets.read') ? <Link to={at`/tickets/${one.ticket}`}>{t('ticket.title', { number: one.number })}</Link> : t('ticket.title', { number: one.number })), text: (one) => String(one.number) },
    ...checkOutColumns(),
    { id: 'known', title: 'ticket-fact.secret', kind: 'tight', cell: (one) => isOver(one) && one.isKnown && <Tag tone="bad">{t('account.known')}</Tag>, text: (one) => (isOver(one) && one.isKnown ? t('account.known') : '') },
  ];
  const actions = (one: CheckOut) => [
    { text: t('grant.revoke'), icon: 'circle-x' as const, danger: true, hidden: isOver(one) || !may('check-outs.manage'), onPick: () => void revoke(one) },
  ];
  return () => (
    <Page title={t('page.check-outs')} lead={t('check-outs.lead')}>
      <ResourceTable<CheckOut>
        id="check-outs" path="/check-outs" label={t('page.check-outs')} columns={columns} filters={checkOutFilters()} searchBy={['accountName']} rowActions={actions}
        empty={() => <EmptyState icon="key" title={t('check-outs.empty')} text={t('check-outs.empty.text')} />}
      />
    </Page>
  );
});
