-- When somebody was disabled because the provider has them no more; only then a sync may let them in again.
alter table identity_links add column left_at timestamptz;

create table identity_syncs (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  filter text,
  interval_minutes int,
  creates_users boolean not null default true,
  disables_leavers boolean not null default false,
  leaver_percent int not null default 20,
  previewed_at timestamptz,
  next_run_at timestamptz,
  version int not null default 1,
  constraint identity_syncs_pk primary key (tenant_id, identity_provider_id),
  constraint identity_syncs_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_syncs_interval_ck check (interval_minutes between 15 and 10080),
  constraint identity_syncs_percent_ck check (leaver_percent between 1 and 100),
  constraint identity_syncs_next_ck check ((interval_minutes is null) = (next_run_at is null))
);
comment on table identity_syncs is 'How the people of a provider are kept up with; nothing is changed before a preview was seen';
create index identity_syncs_due_ix on identity_syncs (next_run_at);
select gatehouse_protect('identity_syncs');
select gatehouse_open('identity_syncs', 'gatehouse_system', 'select (tenant_id, identity_provider_id, next_run_at)');

create table identity_sync_runs (
  tenant_id uuid not null,
  identity_sync_run_id uuid not null,
  identity_provider_id uuid not null,
  kind text not null,
  state text not null,
  may_disable int,
  asked_by text,
  attempt int not null default 0,
  entries int not null default 0,
  report jsonb,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint identity_sync_runs_pk primary key (tenant_id, identity_sync_run_id),
  constraint identity_sync_runs_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_sync_runs_may_disable_ck check (may_disable >= 0),
  constraint identity_sync_runs_kind_ck check (kind in ('preview', 'run')),
  constraint identity_sync_runs_state_ck check (state in ('waiting', 'running', 'done', 'held', 'failed')),
  constraint identity_sync_runs_over_ck check ((state in ('waiting', 'running')) = (finished_at is null))
);
comment on table identity_sync_runs is 'Runs of syncs and what they did, or would have done; asked_by is null for the schedule, attempt counts who took it up';
create unique index identity_sync_runs_one_uq on identity_sync_runs (tenant_id, identity_provider_id)
  where finished_at is null;
create index identity_sync_runs_provider_ix on identity_sync_runs
  (tenant_id, identity_provider_id, created_at, identity_sync_run_id);
select gatehouse_protect('identity_sync_runs');

-- Not logged: what a crash takes is read anew. Each attempt at a run has rows of its own: one that lost its lease and
-- does not know it must not mix what it reads with what its successor reads. Every row gets its verdict in an update,
-- for which each page keeps room.
create unlogged table identity_sync_entries (
  tenant_id uuid not null,
  identity_sync_run_id uuid not null,
  attempt int not null,
  subject text collate "C" not null,
  dn text collate "C" not null,
  login text collate "C",
  name text,
  email text,
  user_id uuid not null,
  verdict text,
  constraint identity_sync_entries_pk primary key (tenant_id, identity_sync_run_id, attempt, subject),
  constraint identity_sync_entries_run_fk foreign key (tenant_id, identity_sync_run_id)
    references identity_sync_runs (tenant_id, identity_sync_run_id) on delete cascade
) with (fillfactor = 50);
comment on table identity_sync_entries is 'People as the provider has them, while a run lasts; user_id is for those who are created';
select gatehouse_protect('identity_sync_entries');

create unlogged table identity_sync_edges (
  tenant_id uuid not null,
  identity_sync_run_id uuid not null,
  attempt int not null,
  parent text collate "C" not null,
  child text collate "C" not null,
  constraint identity_sync_edges_pk primary key (tenant_id, identity_sync_run_id, attempt, parent, child),
  constraint identity_sync_edges_run_fk foreign key (tenant_id, identity_sync_run_id)
    references identity_sync_runs (tenant_id, identity_sync_run_id) on delete cascade
);
comment on table identity_sync_edges is 'Who is directly in which group, and which group has which plain name, while a run lasts';
select gatehouse_protect('identity_sync_edges');
