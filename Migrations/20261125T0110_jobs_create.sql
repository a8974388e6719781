-- The durable queue. It belongs to no tenant as a whole: workers of the queue claim across tenants in the system role.
create table jobs (
  job_id uuid not null,
  for_tenant uuid,
  kind text not null,
  payload jsonb not null default '{}',
  state text not null default 'waiting',
  run_at timestamptz not null default now(),
  attempts int not null default 0,
  max_attempts int not null default 12,
  locked_until timestamptz,
  locked_by text,
  last_error text,
  dedupe_key text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint jobs_pk primary key (job_id),
  constraint jobs_state_ck check (state in ('waiting', 'running', 'done', 'dead'))
);
comment on table jobs is 'Work to be done later, claimed with for update skip locked';
create index jobs_due_ix on jobs (run_at) where state in ('waiting', 'running');
create unique index jobs_dedupe_uq on jobs (kind, dedupe_key) where dedupe_key is not null and state in ('waiting', 'running');
alter table jobs enable row level security;
alter table jobs force row level security;
create policy enqueue_own on jobs for insert to gatehouse_app
  with check (for_tenant = current_setting('gatehouse.tenant')::uuid);
create policy system_all on jobs to gatehouse_system using (true) with check (true);
create policy provider_enqueue on jobs for insert to gatehouse_provider with check (true);
grant insert on jobs to gatehouse_app, gatehouse_provider;
grant select, insert, update, delete on jobs to gatehouse_system;
