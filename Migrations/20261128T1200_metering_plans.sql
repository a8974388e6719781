-- Plans and quotas. A plan belongs to the provider; what a tenant may use at most, and uses, is a row of the tenant.

create table plans (
  plan_id uuid not null,
  code text not null,
  name text not null,
  description text not null default '',
  currency text not null,
  -- Whom a tenant asks for more.
  contact text not null default '',
  -- The share of a limit at which a tenant is warned.
  soft_percent int not null default 80,
  -- What is not named has no limit.
  limits jsonb not null default '{}',
  state text not null default 'offered',
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint plans_pk primary key (plan_id),
  constraint plans_code_uq unique (code),
  constraint plans_code_ck check (code ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'),
  constraint plans_currency_ck check (currency ~ '^[A-Z]{3}$'),
  constraint plans_soft_ck check (soft_percent between 1 and 100),
  constraint plans_state_ck check (state in ('offered', 'retired')),
  constraint plans_default_ck check (not is_default or state = 'offered')
);
comment on table plans is 'What the provider sells: limits, and through its price lists what use costs';
create unique index plans_default_uq on plans (is_default) where is_default;

create table plan_price_lists (
  plan_id uuid not null,
  valid_from timestamptz not null,
  prices jsonb not null,
  constraint plan_price_lists_pk primary key (plan_id, valid_from),
  constraint plan_price_lists_plan_fk foreign key (plan_id) references plans (plan_id)
);
comment on table plan_price_lists is 'Prices of a plan from a time on; never changed, so that an old invoice can be computed again';

create table tenant_plans (
  tenant_id uuid not null,
  plan_id uuid not null,
  -- Limits of this tenant that are not the plan's; null means none.
  overrides jsonb not null default '{}',
  note text not null default '',
  -- The plan's, kept here because a tenant's statements do not see plans.
  contact text not null default '',
  since timestamptz not null default now(),
  version int not null default 1,
  constraint tenant_plans_pk primary key (tenant_id),
  constraint tenant_plans_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_plans_plan_fk foreign key (plan_id) references plans (plan_id)
);
comment on table tenant_plans is 'The plan that a tenant has, and what was agreed with it alone';
create index tenant_plans_plan_ix on tenant_plans (plan_id);

create table tenant_plan_history (
  tenant_id uuid not null,
  valid_from timestamptz not null,
  plan_id uuid not null,
  constraint tenant_plan_history_pk primary key (tenant_id, valid_from),
  constraint tenant_plan_history_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_plan_history_plan_fk foreign key (plan_id) references plans (plan_id)
);
comment on table tenant_plan_history is 'Which plan a tenant had from when on; the first line holds for all time before';

create table tenant_quotas (
  tenant_id uuid not null,
  kind text not null,
  -- Null: no limit.
  hard_limit bigint,
  soft_limit bigint,
  used bigint not null default 0,
  -- The start of the day that is counted, for what is counted by day.
  day timestamptz,
  -- The event that told of crossing the soft limit; null while use is below it.
  warning_id uuid,
  constraint tenant_quotas_pk primary key (tenant_id, kind),
  constraint tenant_quotas_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_quotas_used_ck check (used >= 0),
  constraint tenant_quotas_limit_ck check (hard_limit >= 0),
  constraint tenant_quotas_soft_ck check ((hard_limit is null) = (soft_limit is null))
);
comment on table tenant_quotas is 'What a tenant may use at most, what it uses, and whether it was warned';

-- The limits that follow from plan and agreement.
create view tenant_limit_terms with (security_invoker = true) as
  select t.tenant_id, l.kind, l.amount, (l.amount / 100) * l.soft_percent + ((l.amount % 100) * l.soft_percent + 99) / 100 as soft
  from tenant_plans t
  cross join lateral (
    select k.kind, p.soft_percent,
      (case when t.overrides ? k.kind then t.overrides ->> k.kind else p.limits ->> k.kind end)::bigint as amount
    from plans p, unnest(array[
      'users', 'assets', 'sessions', 'recorded-bytes', 'api-requests-per-second', 'webhook-deliveries-per-day',
      'rotations-per-month', 'gateway-connections', 'gateway-bandwidth']) as k (kind)
    where p.plan_id = t.plan_id) l;
grant select on tenant_limit_terms to gatehouse_provider, gatehouse_system;

-- There is no way to a tenant without a plan.
create function tenants_begin_with_a_plan() returns trigger language plpgsql as $$
begin
  insert into tenant_plans (tenant_id, plan_id, contact, since)
  select new.tenant_id, plan_id, contact, new.created_at from plans where is_default;
  insert into tenant_plan_history (tenant_id, valid_from, plan_id)
  select new.tenant_id, new.created_at, plan_id from plans where is_default;
  insert into tenant_quotas (tenant_id, kind, hard_limit, soft_limit)
  select tenant_id, kind, amount, soft from tenant_limit_terms where tenant_id = new.tenant_id;
  return null;
end
$$;

insert into plans (plan_id, code, name, description, currency, is_default)
values ('00000000-0000-7000-8000-000000000001', 'standard', 'Standard', 'No limits, no prices: change it to what you sell.', 'EUR', true);
insert into plan_price_lists (plan_id, valid_from, prices)
values ('00000000-0000-7000-8000-000000000001', '2000-01-01T00:00:00Z', '[]');

-- The owner is held by row-level security too, so the tenants that are there are read before it holds again.
alter table tenants no force row level security;
insert into tenant_plans (tenant_id, plan_id, since)
select tenant_id, '00000000-0000-7000-8000-000000000001', created_at from tenants;
insert into tenant_plan_history (tenant_id, valid_from, plan_id)
select tenant_id, created_at, '00000000-0000-7000-8000-000000000001' from tenants;
insert into tenant_quotas (tenant_id, kind, hard_limit, soft_limit)
select tenant_id, kind, amount, soft from tenant_limit_terms;

alter table tenants force row level security;

do $$
declare name text;
begin
  foreach name in array array['plans', 'plan_price_lists'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system_all on %I to gatehouse_system using (true) with check (true)', name);
    execute format('create policy provider_all on %I to gatehouse_provider using (true) with check (true)', name);
    execute format('grant select, insert on %I to gatehouse_system, gatehouse_provider', name);
  end loop;
end
$$;
grant update on plans to gatehouse_provider;

do $$
declare name text;
begin
  foreach name in array array['tenant_plans', 'tenant_plan_history', 'tenant_quotas'] loop
    perform gatehouse_protect(name::regclass);
    execute format('revoke insert, update, delete on %I from gatehouse_app', name);
    perform gatehouse_open(name::regclass, 'gatehouse_provider', 'select, insert, update, delete');
    perform gatehouse_open(name::regclass, 'gatehouse_system', 'select, insert, update, delete');
  end loop;
end
$$;
-- Which plan a tenant had is never changed: old invoices are computed from it.
revoke update, delete on tenant_plan_history from gatehouse_provider;
revoke update on tenant_plan_history from gatehouse_system;
-- A tenant's statements count, and cannot move a limit.
grant update (used, day, warning_id) on tenant_quotas to gatehouse_app;

create trigger tenants_begin_with_a_plan after insert on tenants
  for each row execute function tenants_begin_with_a_plan();

-- Sessions that count now, for the limit of concurrent ones: one whose worker fell silent stops counting by itself.
create view session_leases with (security_invoker = true) as
  select tenant_id, session_id, lease_until from sessions where state <> 'ended';
create view recording_sizes with (security_invoker = true) as
  select tenant_id, recording_id, bytes from recordings;
grant select on session_leases, recording_sizes to gatehouse_app, gatehouse_system;
grant select (bytes) on recordings to gatehouse_system;
