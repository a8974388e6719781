-- Where workers stand, which of them a tenant may use, and to which of those its people are led.
alter table workers add column region text not null default '';
-- When it was noticed that nothing is heard of the worker; null while it is heard of.
alter table workers add column unhealthy_since timestamptz;
alter table worker_enrolments add column region text not null default '';

create table tenant_pinnings (
  tenant_id uuid not null,
  pools text[] not null,
  labels jsonb not null default '{}',
  updated_at timestamptz not null,
  constraint tenant_pinnings_pk primary key (tenant_id),
  constraint tenant_pinnings_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_pinnings_pools_ck check (cardinality(pools) between 1 and 32)
);
comment on table tenant_pinnings is
  'Tenants that are bound to pools and labels of workers by the provider; without a row it is the pool default';
select gatehouse_protect('tenant_pinnings');
revoke insert, update on tenant_pinnings from gatehouse_app;
select gatehouse_open('tenant_pinnings', 'gatehouse_provider', 'select, insert, update, delete');
select gatehouse_open('tenant_pinnings', 'gatehouse_system', 'select');

create table tenant_endpoint_rules (
  tenant_id uuid not null,
  rules jsonb not null,
  updated_at timestamptz not null,
  constraint tenant_endpoint_rules_pk primary key (tenant_id),
  constraint tenant_endpoint_rules_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_endpoint_rules_rules_ck check (jsonb_typeof(rules) = 'array')
);
comment on table tenant_endpoint_rules is 'A tenant''s own rules about the gateway that a client is told; the first that fits';
select gatehouse_protect('tenant_endpoint_rules');
select gatehouse_open('tenant_endpoint_rules', 'gatehouse_system', 'select');

create table provider_endpoint_rules (
  single boolean not null default true,
  rules jsonb not null,
  updated_at timestamptz not null,
  constraint provider_endpoint_rules_pk primary key (single),
  constraint provider_endpoint_rules_single_ck check (single),
  constraint provider_endpoint_rules_rules_ck check (jsonb_typeof(rules) = 'array')
);
comment on table provider_endpoint_rules is 'The provider''s rules about the gateway that a client is told, after the tenant''s own';
alter table provider_endpoint_rules enable row level security;
alter table provider_endpoint_rules force row level security;
create policy system_all on provider_endpoint_rules to gatehouse_system using (true) with check (true);
create policy provider_all on provider_endpoint_rules to gatehouse_provider using (true) with check (true);
grant select on provider_endpoint_rules to gatehouse_system;
grant select, insert, update on provider_endpoint_rules to gatehouse_provider;
