create table webhooks (
  tenant_id uuid not null,
  webhook_id uuid not null,
  name text not null,
  url text not null,
  event_types text[] not null,
  tenant_key_id uuid not null,
  sealed_secret bytea not null,
  state text not null default 'enabled',
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint webhooks_pk primary key (tenant_id, webhook_id),
  constraint webhooks_name_uq unique (tenant_id, name),
  constraint webhooks_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint webhooks_state_ck check (state in ('enabled', 'disabled'))
);
comment on table webhooks is 'Endpoints that receive signed events (Standard Webhooks)';
select gatehouse_protect('webhooks');

create table egress_allowances (
  tenant_id uuid not null,
  host text not null,
  port int not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint egress_allowances_pk primary key (tenant_id, host, port),
  constraint egress_allowances_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table egress_allowances is 'Private addresses that an administrator opened for outgoing calls';
select gatehouse_protect('egress_allowances');

create table webhook_deliveries (
  tenant_id uuid not null,
  delivery_id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  body jsonb not null,
  tenant_key_id uuid,
  sealed_private bytea,
  state text not null default 'pending',
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_status int,
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint webhook_deliveries_pk primary key (tenant_id, delivery_id),
  constraint webhook_deliveries_once_uq unique (tenant_id, webhook_id, event_id),
  constraint webhook_deliveries_webhook_fk foreign key (tenant_id, webhook_id) references webhooks (tenant_id, webhook_id) on delete cascade,
  constraint webhook_deliveries_state_ck check (state in ('pending', 'delivered', 'dead'))
);
comment on table webhook_deliveries is 'One event on its way to one webhook; decision links travel in the sealed part and never lie here in clear';
create index webhook_deliveries_created_ix on webhook_deliveries (tenant_id, created_at, delivery_id);
select gatehouse_protect('webhook_deliveries');
