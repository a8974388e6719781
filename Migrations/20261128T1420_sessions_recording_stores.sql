create table recording_stores (
  tenant_id uuid not null,
  recording_store_id uuid not null,
  -- Endpoint, bucket and prefix: the same place with another access key is the same store.
  place text collate "C" not null,
  value jsonb not null,
  tenant_key_id uuid not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  constraint recording_stores_pk primary key (tenant_id, recording_store_id),
  constraint recording_stores_place_uq unique (tenant_id, place),
  constraint recording_stores_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint recording_stores_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id)
);
comment on table recording_stores is 'Object stores of tenants that recordings lie in; credentials are sealed by the tenant key';
select gatehouse_protect('recording_stores');

-- Null for the installation's own store.
alter table recording_segments add column recording_store_id uuid;
alter table recording_segments add constraint recording_segments_store_fk
  foreign key (tenant_id, recording_store_id) references recording_stores (tenant_id, recording_store_id);
alter table recordings add column recording_store_id uuid;
alter table recordings add constraint recordings_store_fk
  foreign key (tenant_id, recording_store_id) references recording_stores (tenant_id, recording_store_id);
