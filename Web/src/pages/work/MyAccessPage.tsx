import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { listed, t } from '../../core/i18n';
import { actionName, grantAccount } from '../../core/names';
import { at } from '../../core/paths';
import { navigate } from '../../core/router';
import { may } from '../../core/session';
import type { MyGrant } from '../../api/types';
import { EmptyState, RelativeTime, Tag } from '../../ui/bits';
import { confirm } from '../../ui/confirm';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { ExtendRequest } from '../tickets/ExtendRequest';

const names = (grant: MyGrant): string => [...grant.assets, ...grant.nodes].map((one) => one.name).join(', ');

function handBack(grant: MyGrant): Promise<boolean> {
  return confirm({
    title: t('my-access.hand-back.title', { name: names(grant) }), text: t('my-access.hand-back.text'), action: t('my-access.hand-back'), danger: true,
    work: async () => {
      await api.post(at`/my/grants/${grant.id}/hand-back`);
      await act(async () => undefined, { changes: ['/my/grants', '/my/assets', '/grants', '/my/sessions'], done: t('my-access.handed-back') });
    },
  });
}

/** What this person holds: until when, and from which request. */
export const MyAccessPage = component(() => {
  const extended = shallowRef<MyGrant | null>(null);
  const columns: Column<MyGrant>[] = [
    { id: 'what', title: 'grant.what', kind: 'main', cell: (grant) => [<span class="clip">{names(grant)}</span>, <small>{listed(grant.actions.map(actionName))}</small>], text: names },
    { id: 'accounts', title: 'grant.as', cell: (grant) => grant.accounts.map(grantAccount).join(', '), text: (grant) => grant.accounts.map((account) => account.name ?? account.kind).join(' ') },
    { id: 'from', title: 'grant.source', cell: (grant) => (grant.ticket ? <Link to={at`/requests/${grant.ticket}`}>{grant.name}</Link> : t('grant.source.administrator')), text: (grant) => grant.name },
    { id: 'starts', title: 'ticket.starts', kind: 'tight', off: true, cell: (grant) => <RelativeTime time={grant.startsAt} />, text: (grant) => grant.startsAt },
    { id: 'ends', title: 'grant.ends', kind: 'tight', cell: (grant) => <RelativeTime time={grant.endsAt} none={t('grant.open-end')} />, text: (grant) => grant.endsAt ?? '' },
    { id: 'used', title: 'my-access.used', kind: 'tight', cell: (grant) => (new Date(grant.startsAt).getTime() > Date.now() ? <Tag>{t('my-access.later')}</Tag> : <Tag tone={grant.isUsed ? 'good' : undefined}>{t(grant.isUsed ? 'my-access.used.yes' : 'my-access.used.no')}</Tag>), text: (grant) => String(grant.isUsed) },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (grant) => <RelativeTime time={grant.createdAt} />, text: (grant) => grant.createdAt },
  ];
  const filters: FilterDef[] = [
    { id: 'source', title: 'grant.source', choices: [{ value: 'administrator', text: t('grant.source.administrator') }, { value: 'ticket', text: t('grant.source.ticket') }] },
  ];
  const actions = (grant: MyGrant) => [
    { text: t('my-access.extend'), icon: 'history' as const, hidden: grant.source !== 'ticket' || !may('tickets.open'), onPick: () => { extended.value = grant; } },
    { text: t('my-access.renew'), icon: 'refresh' as const, hidden: !grant.ticket || !may('tickets.open'), onPick: () => void navigate(at`/requests?new=1&from=${grant.ticket ?? ''}`) },
    { text: t('my-access.hand-back'), icon: 'circle-x' as const, danger: true, hidden: grant.source !== 'ticket', onPick: () => void handBack(grant) },
  ];
  return () => (
    <Page title={t('page.my-access')} lead={t('my-access.lead')}>
      <ResourceTable<MyGrant>
        id="my-grants" path="/my/grants" label={t('page.my-access')} columns={columns} filters={filters} searchBy={['name']} rowActions={actions}
        empty={() => <EmptyState icon="shield-check" title={t('my-access.empty')} text={t('my-access.empty.text')} action={may('tickets.open') ? t('requests.new') : undefined} to="/requests?new=1" />}
      />
      {extended.value && <ExtendRequest grant={extended.value} onClose={() => { extended.value = null; }} />}
    </Page>
  );
});
