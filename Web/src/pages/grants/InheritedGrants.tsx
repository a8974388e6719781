import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import type { InheritedGrant, Organization } from '../../api/types';
import { EmptyState, RelativeTime, Tag } from '../../ui/bits';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';

/** What holds in an organization and belongs to another one: there to be seen, and changed where it belongs. */
export const InheritedGrants = component<{ organization: Organization }>((props) => {
  const from = (grant: InheritedGrant) => grant.organization?.name ?? t('grants.inherited.elsewhere');
  const columns: Column<InheritedGrant>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (grant) => [grant.name, grant.effect === 'deny' && [' ', <Tag tone="bad">{t('state.deny')}</Tag>]], text: (grant) => grant.name },
    { id: 'from', title: 'grants.inherited.from', cell: (grant) => <Tag>{from(grant)}</Tag>, text: from },
    { id: 'ends', title: 'grant.ends', kind: 'tight', cell: (grant) => <RelativeTime time={grant.endsAt} none={t('grant.open-end')} />, text: (grant) => grant.endsAt ?? '' },
    { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (grant) => <RelativeTime time={grant.createdAt} />, text: (grant) => grant.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'effect', title: 'grant.effect', choices: ['allow', 'deny'].map((value) => ({ value, text: stateName(value) })) }];
  return () => (
    <div>
      <p class="lead">{t('grants.inherited.text', { name: props.organization.name })}</p>
      <ResourceTable<InheritedGrant>
        id="inherited-grants" path={at`/organizations/${props.organization.id}/inherited-grants`} label={t('grants.inherited')} columns={columns} filters={filters} searchBy={['name']}
        empty={() => <EmptyState icon="shield-check" title={t('grants.inherited.empty')} />}
      />
    </div>
  );
});
