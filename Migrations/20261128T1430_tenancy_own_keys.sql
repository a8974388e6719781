create table tenant_own_keys (
  tenant_id uuid not null,
  address text not null,
  mount text not null,
  name text not null,
  master_key_id text not null,
  wrapped_token bytea not null,
  created_at timestamptz not null default now(),
  created_by uuid not null,
  constraint tenant_own_keys_pk primary key (tenant_id),
  constraint tenant_own_keys_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table tenant_own_keys is
  'Keys that tenants keep themselves and that wrap their tenant keys; the token is wrapped by the installation''s key, since it cannot lie under what it opens';
select gatehouse_protect('tenant_own_keys');

-- Which key at the top wraps what: the background finds what has to follow, and counts what is left.
select gatehouse_open('tenant_own_keys', 'gatehouse_system', 'select (tenant_id, master_key_id)');
select gatehouse_open('tenant_keys', 'gatehouse_system', 'select (tenant_id, tenant_key_id, master_key_id, retired_at)');
create index tenant_keys_master_ix on tenant_keys (master_key_id);
create index tenant_keys_retired_ix on tenant_keys (retired_at) where retired_at is not null;
