create table tenants (
  tenant_id uuid not null,
  slug text not null,
  name text not null,
  state text not null default 'active',
  time_zone text not null default 'UTC',
  language text not null default 'en',
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint tenants_pk primary key (tenant_id),
  constraint tenants_slug_uq unique (slug),
  constraint tenants_slug_ck check (slug ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'),
  constraint tenants_state_ck check (state in ('trial', 'active', 'suspended', 'closing', 'deleted'))
);
comment on table tenants is 'Customer companies';
select gatehouse_protect('tenants');
revoke insert, delete on tenants from gatehouse_app;
select gatehouse_open('tenants', 'gatehouse_provider', 'select, insert, update');
select gatehouse_open('tenants', 'gatehouse_system', 'select');

create table tenant_keys (
  tenant_id uuid not null,
  tenant_key_id uuid not null,
  version int not null,
  master_key_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint tenant_keys_pk primary key (tenant_id, tenant_key_id),
  constraint tenant_keys_version_uq unique (tenant_id, version),
  constraint tenant_keys_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table tenant_keys is 'Tenant keys, wrapped by the master key; the one that is not retired seals what is new';
create unique index tenant_keys_current_uq on tenant_keys (tenant_id) where retired_at is null;
select gatehouse_protect('tenant_keys');

create table tenant_signing_keys (
  tenant_id uuid not null,
  signing_key_id uuid not null,
  purpose text not null,
  public_key bytea not null,
  tenant_key_id uuid not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint tenant_signing_keys_pk primary key (tenant_id, signing_key_id),
  constraint tenant_signing_keys_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id),
  constraint tenant_signing_keys_purpose_ck check (purpose in ('evidence', 'redaction'))
);
comment on table tenant_signing_keys is 'Ed25519 keys for evidence and X25519 keys for redaction, private halves sealed by the tenant key';
create unique index tenant_signing_keys_current_uq on tenant_signing_keys (tenant_id, purpose) where retired_at is null;
select gatehouse_protect('tenant_signing_keys');

-- What other features may read.
create view tenant_settings with (security_invoker = true) as
  select tenant_id, slug, name, state, time_zone, language from tenants;
grant select on tenant_settings to gatehouse_app;
