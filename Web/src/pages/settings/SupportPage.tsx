import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName, stateName } from '../../core/names';
import { may } from '../../core/session';
import { duration } from '../../core/time';
import type { SupportAccess } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { supportActions } from './support';

/** How an access stands, in one word: what is over is over, whatever was said. */
export const standing = (access: { state: string; isOpen: boolean }): string =>
  access.isOpen || !['asked', 'consented'].includes(access.state) ? access.state : 'expired';

/** Who of the hosting provider asked to be let in, and what came of it. */
export const SupportPage = component(() => {
  const columns: Column<SupportAccess>[] = [
    { id: 'operator', title: 'support.operator', kind: 'main', cell: (access) => <Person name={access.operator} />, text: (access) => access.operator },
    { id: 'reason', title: 'support.reason', cell: (access) => access.reason, text: (access) => access.reason },
    { id: 'role', title: 'support.role', kind: 'tight', cell: (access) => roleName({ name: access.role, builtIn: access.role }), text: (access) => access.role },
    { id: 'duration', title: 'support.duration', kind: 'tight', cell: (access) => duration(access.durationSeconds), text: (access) => String(access.durationSeconds) },
    { id: 'state', title: 'state', kind: 'tight', cell: (access) => (access.isInside ? <Tag tone="live">{t('support.inside')}</Tag> : <StateTag state={standing(access)} />), text: standing },
    { id: 'ends', title: 'support.ends', kind: 'tight', cell: (access) => (access.state === 'consented' ? <RelativeTime time={access.endsAt} /> : ''), text: (access) => access.endsAt },
    { id: 'by', title: 'support.decided-by', cell: (access) => access.decidedBy ?? '', text: (access) => access.decidedBy ?? '' },
    { id: 'asked', title: 'support.asked', kind: 'tight', sort: 'asked', cell: (access) => <RelativeTime time={access.askedAt} />, text: (access) => access.askedAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['asked', 'consented', 'refused', 'revoked', 'withdrawn'].map((value) => ({ value, text: stateName(value) })) }];
  return () => (
    <Page title={t('page.support')} lead={t('support.lead')}>
      <ResourceTable<SupportAccess>
        id="support" path="/support-accesses" label={t('page.support')} columns={columns} filters={filters} rowActions={may('support.manage') ? supportActions : undefined}
        empty={() => <EmptyState icon="shield-lock" title={t('support.empty')} text={t('support.empty.text')} />}
      />
    </Page>
  );
});
