import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { Tenant } from '../../api/types';
import { EmptyState, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { TenantForm } from './TenantForm';
import { useTenantForms } from './TenantLifeForms';
import { tenantActions } from './actions';

export const states = ['trial', 'active', 'suspended', 'closing', 'deleted'];

/** The companies of this installation. */
export const TenantsPage = component(() => {
  const creating = ref(false);
  const life = useTenantForms();
  const columns: Column<Tenant>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (tenant) => <Link to={at`/tenants/${tenant.id}`}>{tenant.name}</Link>, text: (tenant) => tenant.name },
    { id: 'slug', title: 'tenant.slug', sort: 'slug', cell: (tenant) => <code>{tenant.slug}</code>, text: (tenant) => tenant.slug },
    { id: 'state', title: 'state', kind: 'tight', cell: (tenant) => <StateTag state={tenant.state} />, text: (tenant) => tenant.state },
    { id: 'language', title: 'language', kind: 'tight', off: true, cell: (tenant) => tenant.language },
    { id: 'zone', title: 'tenant.time-zone', kind: 'tight', off: true, cell: (tenant) => tenant.timeZone },
    { id: 'created', title: 'created', kind: 'tight', sort: 'created', cell: (tenant) => <RelativeTime time={tenant.createdAt} />, text: (tenant) => tenant.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: states.map((value) => ({ value, text: stateName(value) })) }];
  const create = () => { creating.value = true; };
  const mayCreate = () => may('provider.tenants.manage');
  return () => (
    <Page title={t('page.tenants')} actions={() => mayCreate() && <Button kind="primary" icon="plus" onClick={create}>{t('tenant.new')}</Button>}>
      <ResourceTable<Tenant>
        id="tenants" path="/tenants" label={t('page.tenants')} columns={columns} filters={filters} searchBy={['name', 'slug']} rowLink={(tenant) => at`/tenants/${tenant.id}`} rowActions={mayCreate() ? (tenant) => tenantActions(tenant, life.open) : undefined}
        empty={() => <EmptyState icon="building" title={t('tenants.empty')} text={t('tenants.empty.text')} action={mayCreate() ? t('tenant.new') : undefined} onAction={create} />}
      />
      {life.shown() as never}
      {creating.value && <TenantForm onClose={() => { creating.value = false; }} />}
    </Page>
  );
});
