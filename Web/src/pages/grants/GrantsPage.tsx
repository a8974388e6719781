import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { grantAccount, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate } from '../../core/router';
import { may } from '../../core/session';
import type { Grant } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { Explain } from './Explain';
import { usePlace } from '../organizations/place';
import { GrantForm } from './GrantForm';
import { InheritedGrants } from './InheritedGrants';
import { revoke } from './revoke';

const names = (...lists: { name: string }[][]): string => lists.flat().map((one) => one.name).join(', ');

/** Who may use what, as whom, until when. */
export const GrantsPage = component(() => {
  const open = ref<'new' | 'explain' | null>(null);
  const { isWhole, part: place } = usePlace();
  const part = () => (isWhole() ? undefined : place());
  const tabs = () => [{ id: 'own', text: part()?.name ?? '' }, { id: 'inherited', text: t('grants.inherited') }];
  const create = () => { open.value = 'new'; };
  const columns: Column<Grant>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (grant) => [<Link to={at`/grants/${grant.id}`}>{grant.name}</Link>, grant.effect === 'deny' && [' ', <Tag tone="bad">{t('state.deny')}</Tag>]], text: (grant) => grant.name },
    { id: 'who', title: 'grant.who', cell: (grant) => <span class="clip">{names(grant.users, grant.groups)}</span>, text: (grant) => names(grant.users, grant.groups) },
    { id: 'what', title: 'grant.what', cell: (grant) => <span class="clip">{names(grant.assets, grant.nodes)}</span>, text: (grant) => names(grant.assets, grant.nodes) },
    { id: 'accounts', title: 'grant.as', cell: (grant) => <span class="clip">{grant.accounts.map(grantAccount).join(', ')}</span>, text: (grant) => grant.accounts.map((account) => account.name ?? account.kind).join(' ') },
    { id: 'source', title: 'grant.source', off: true, cell: (grant) => (grant.ticket && may('tickets.read') ? <Link to={at`/tickets/${grant.ticket}`}>{t('grant.source.ticket')}</Link> : t(grant.source === 'ticket' ? 'grant.source.ticket' : 'grant.source.administrator')), text: (grant) => grant.source },
    { id: 'ends', title: 'grant.ends', kind: 'tight', cell: (grant) => <RelativeTime time={grant.endsAt} none={t('grant.open-end')} />, text: (grant) => grant.endsAt ?? '' },
    { id: 'state', title: 'state', kind: 'tight', cell: (grant) => <StateTag state={grant.state} />, text: (grant) => grant.state },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (grant) => <RelativeTime time={grant.createdAt} />, text: (grant) => grant.createdAt },
  ];
  const filters: FilterDef[] = [
    { id: 'state', title: 'state', choices: ['active', 'revoked', 'ended'].map((value) => ({ value, text: stateName(value) })) },
    { id: 'source', title: 'grant.source', choices: [{ value: 'administrator', text: t('grant.source.administrator') }, { value: 'ticket', text: t('grant.source.ticket') }] },
    { id: 'effect', title: 'grant.effect', choices: ['allow', 'deny'].map((value) => ({ value, text: stateName(value) })) },
  ];
  const actions = (grant: Grant) => [{ text: t('grant.revoke'), icon: 'circle-x' as const, danger: true, hidden: grant.state !== 'active', onPick: () => void revoke(grant) }];
  return () => (
    <Page
      title={t('page.grants')}
      actions={() => [
        may('access.explain') && <Button icon="route" onClick={() => { open.value = 'explain'; }}>{t('explain.open')}</Button>,
        may('access.try') && <Button icon="git-branch" onClick={() => void navigate('/grants/try')}>{t('page.trial')}</Button>,
        may('grants.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('grant.new')}</Button>,
      ]}
    >
      {part() && <Tabs tabs={tabs()} label={t('page.grants')} />}
      {part() && currentTab(tabs()) === 'inherited' ? <InheritedGrants key={part()!.id} organization={part()!} /> : <ResourceTable<Grant>
        id="grants" path="/grants" label={t('page.grants')} columns={columns} filters={filters} searchBy={['name']} rowLink={(grant) => at`/grants/${grant.id}`} rowActions={may('grants.manage') ? actions : undefined}
        empty={() => <EmptyState icon="shield-check" title={t('grants.empty')} text={t('grants.empty.text')} action={may('grants.manage') ? t('grant.new') : undefined} onAction={create} />}
      />}
      {open.value === 'new' && <GrantForm onClose={() => { open.value = null; }} />}
      {open.value === 'explain' && <Explain onClose={() => { open.value = null; }} />}
    </Page>
  );
});
