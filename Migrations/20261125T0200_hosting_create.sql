create table workers (
  worker_id uuid not null,
  name text not null,
  pool text not null,
  labels jsonb not null default '{}',
  signing_key bytea not null,
  previous_signing_key bytea,
  previous_key_until timestamptz,
  sealing_key bytea not null,
  state text not null default 'active',
  program_version text not null default '',
  ssh_endpoint text not null default '',
  web_endpoint text not null default '',
  health jsonb not null default '{}',
  enrolled_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  constraint workers_pk primary key (worker_id),
  constraint workers_state_ck check (state in ('active', 'draining', 'quarantined', 'removed'))
);
comment on table workers is 'Gateway workers of the installation';
-- A removed worker leaves its name to the one that takes its place.
create unique index workers_name_uq on workers (name) where state <> 'removed';

create table worker_enrolments (
  enrolment_id uuid not null,
  token_hash bytea not null,
  pool text not null,
  labels jsonb not null default '{}',
  challenge bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint worker_enrolments_pk primary key (enrolment_id),
  constraint worker_enrolments_token_uq unique (token_hash)
);
comment on table worker_enrolments is 'One-time tokens by which a worker enrols';

create table worker_assertions (
  worker_id uuid not null,
  jti text not null,
  expires_at timestamptz not null,
  constraint worker_assertions_pk primary key (worker_id, jti),
  constraint worker_assertions_worker_fk foreign key (worker_id) references workers (worker_id) on delete cascade
);
comment on table worker_assertions is 'Client assertions that were used, so that none is used twice';

create table worker_events (
  worker_id uuid not null,
  sequence bigint generated always as identity,
  kind text not null,
  session_id uuid,
  data jsonb not null default '{}',
  at timestamptz not null default now(),
  constraint worker_events_pk primary key (worker_id, sequence),
  constraint worker_events_worker_fk foreign key (worker_id) references workers (worker_id) on delete cascade
);
comment on table worker_events is 'What a worker is to be told, kept for ten minutes';
create index worker_events_age_ix on worker_events (at);

create table installation_keys (
  purpose text not null,
  key_id uuid not null,
  master_key_id text not null,
  public_key bytea,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  constraint installation_keys_pk primary key (purpose, key_id)
);
comment on table installation_keys is 'Keys of the installation itself (grant signing, tokens, cursors), wrapped by the master key';

do $$
declare name text;
begin
  foreach name in array array['workers', 'worker_enrolments', 'worker_assertions', 'worker_events', 'installation_keys'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system_all on %I to gatehouse_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to gatehouse_system', name);
  end loop;
end
$$;
create policy provider_all on workers to gatehouse_provider using (true) with check (true);
create policy provider_all on worker_enrolments to gatehouse_provider using (true) with check (true);
grant select, update on workers to gatehouse_provider;
grant select, insert on worker_enrolments to gatehouse_provider;

-- A tenant's statement may tell a worker something about one of its own sessions and read nothing.
create policy tenant_tell on worker_events for insert to gatehouse_app with check (true);
grant insert on worker_events to gatehouse_app;

create table admissions (
  tenant_id uuid not null,
  admission_id uuid not null,
  worker_id uuid not null,
  user_id uuid,
  login text not null,
  connection text not null,
  stage text not null,
  entrance text not null,
  -- What a web terminal's token was made out for; null means anything the person may reach.
  asset_id uuid,
  account_name text,
  tries int not null default 0,
  client_address text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint admissions_pk primary key (tenant_id, admission_id),
  constraint admissions_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint admissions_worker_fk foreign key (worker_id) references workers (worker_id),
  constraint admissions_stage_ck check (stage in ('answers', 'admitted', 'refused')),
  constraint admissions_entrance_ck check (entrance in ('ssh', 'web')),
  constraint admissions_admitted_ck check ((stage = 'admitted') = (user_id is not null))
);
comment on table admissions is 'People in front of a gateway: bound to one worker and one connection for five minutes';
create index admissions_worker_ix on admissions (worker_id, admission_id);
select gatehouse_protect('admissions');
select gatehouse_open('admissions', 'gatehouse_system', 'select (tenant_id, admission_id, worker_id, expires_at), delete');

-- What other features may read.
create view worker_states with (security_invoker = true) as
  select worker_id, state from workers;
grant select on worker_states to gatehouse_system;
