-- A host name of the tenant's own, beside that of its slug.
alter table tenants add column host_name text collate "C";
alter table tenants add constraint tenants_host_name_uq unique (host_name);
alter table tenants add constraint tenants_host_name_ck check (host_name = lower(host_name) and host_name like '%.%');

create table tenant_setting_values (
  tenant_id uuid not null,
  key text collate "C" not null,
  value jsonb not null,
  tenant_key_id uuid,
  sealed bytea,
  updated_at timestamptz not null default now(),
  updated_by uuid not null,
  constraint tenant_setting_values_pk primary key (tenant_id, key),
  constraint tenant_setting_values_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_setting_values_key_fk foreign key (tenant_id, tenant_key_id)
    references tenant_keys (tenant_id, tenant_key_id),
  constraint tenant_setting_values_key_ck check (key ~ '^[a-z][a-z.-]{1,98}$'),
  constraint tenant_setting_values_sealed_ck check ((sealed is null) = (tenant_key_id is null))
);
comment on table tenant_setting_values is
  'What a tenant has set, by the name of the setting; secrets that belong to a value are sealed by the tenant key';
select gatehouse_protect('tenant_setting_values');
select gatehouse_open('tenant_setting_values', 'gatehouse_system', 'select (tenant_id, key, value)');
