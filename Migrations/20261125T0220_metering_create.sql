create table usage_events (
  tenant_id uuid not null,
  at timestamptz not null,
  source text not null,
  id text not null,
  meter text not null,
  subject text not null,
  quantity bigint not null,
  received_at timestamptz not null default now(),
  constraint usage_events_pk primary key (tenant_id, at, source, id, meter),
  constraint usage_events_quantity_ck check (quantity >= 0)
) partition by range (at);
comment on table usage_events is 'What is to be billed, written with the change that causes it; (source, id) makes repeats harmless';
create table usage_events_default partition of usage_events default;
create index usage_events_meter_ix on usage_events (tenant_id, meter, at);
select gatehouse_protect('usage_events');
revoke update, delete on usage_events from gatehouse_app;
alter table usage_events_default enable row level security;
alter table usage_events_default force row level security;
select gatehouse_open('usage_events', 'gatehouse_system', 'select');
select gatehouse_open('usage_events', 'gatehouse_provider', 'select');

create table usage_rollups (
  tenant_id uuid not null,
  hour timestamptz not null,
  meter text not null,
  quantity bigint not null,
  events bigint not null,
  computed_at timestamptz not null default now(),
  constraint usage_rollups_pk primary key (tenant_id, hour, meter),
  constraint usage_rollups_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table usage_rollups is 'Usage by hour; derived, may be thrown away and computed again';
select gatehouse_protect('usage_rollups');
revoke insert, update, delete on usage_rollups from gatehouse_app;
select gatehouse_open('usage_rollups', 'gatehouse_system', 'select, insert, update, delete');
select gatehouse_open('usage_rollups', 'gatehouse_provider', 'select');
