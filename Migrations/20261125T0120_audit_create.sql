create table audit_events (
  tenant_id uuid not null,
  at timestamptz not null default now(),
  audit_event_id uuid not null,
  action text not null,
  actor_kind text not null,
  actor_id text collate "C",
  actor_name text not null,
  target_kind text,
  target_id text collate "C",
  target_name text,
  outcome text not null,
  details jsonb not null default '{}',
  trace_id text not null default '',
  client_address text,
  constraint audit_events_pk primary key (tenant_id, at, audit_event_id),
  constraint audit_events_actor_ck check (actor_kind in ('user', 'worker', 'system', 'provider', 'nobody')),
  constraint audit_events_outcome_ck check (outcome in ('success', 'refused', 'failed'))
) partition by range (at);
comment on table audit_events is 'Who did what to what, when and with which outcome; append-only';
create table audit_events_default partition of audit_events default;
create index audit_events_actor_ix on audit_events (tenant_id, actor_id, at);
create index audit_events_target_ix on audit_events (tenant_id, target_id, at);
create index audit_events_action_ix on audit_events (tenant_id, action, at);
select gatehouse_protect('audit_events');
-- Nobody edits the trail: the application may add and read, never change.
revoke update, delete on audit_events from gatehouse_app;
alter table audit_events_default enable row level security;
alter table audit_events_default force row level security;

-- The provider's own trail: what operators and the installation itself did.
create table provider_audit_events (
  audit_event_id uuid not null,
  at timestamptz not null default now(),
  action text not null,
  actor_name text not null,
  about_tenant uuid,
  outcome text not null,
  details jsonb not null default '{}',
  trace_id text not null default '',
  client_address text,
  constraint provider_audit_events_pk primary key (at, audit_event_id)
);
comment on table provider_audit_events is 'What the hosting provider did';
alter table provider_audit_events enable row level security;
alter table provider_audit_events force row level security;
create policy provider_read on provider_audit_events to gatehouse_provider using (true) with check (true);
create policy system_write on provider_audit_events to gatehouse_system using (true) with check (true);
grant select, insert on provider_audit_events to gatehouse_provider, gatehouse_system;

-- The outbox: written in the transaction of the change, dispatched at least once, in order per tenant.
create table events (
  tenant_id uuid not null,
  event_id uuid not null,
  sequence bigint generated always as identity,
  type text not null,
  subject text not null,
  data jsonb not null default '{}',
  at timestamptz not null default now(),
  attempts int not null default 0,
  next_attempt_at timestamptz not null default now(),
  dispatched_at timestamptz,
  dead_at timestamptz,
  last_error text,
  constraint events_pk primary key (tenant_id, event_id)
);
comment on table events is 'Domain events on their way to subscribers';
create index events_pending_ix on events (sequence) where dispatched_at is null and dead_at is null;
create index events_pending_tenant_ix on events (tenant_id, sequence) where dispatched_at is null and dead_at is null;
select gatehouse_protect('events');
select gatehouse_open('events', 'gatehouse_system', 'select, update, delete');
