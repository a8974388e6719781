create table sessions (
  tenant_id uuid not null,
  session_id uuid not null,
  user_id uuid not null,
  user_name text not null,
  asset_id uuid not null,
  asset_name text not null,
  account_id uuid not null,
  account_name text not null,
  protocol text not null,
  channel text not null,
  command_line text,
  grant_id uuid,
  worker_id uuid not null,
  client_address text,
  entrance text not null,
  state text not null default 'pending',
  created_at timestamptz not null default now(),
  connected_at timestamptz,
  ended_at timestamptz,
  -- When the worker's last word about it came; nothing is counted after that.
  closed_at timestamptz,
  end_reason text,
  end_text text,
  exit_status bigint,
  -- Where the grant's hours of the day end, if they do before the grant.
  hours_until timestamptz,
  expires_at timestamptz not null,
  lease_until timestamptz not null,
  report_sequence bigint not null default 0,
  fact_sequence bigint not null default 0,
  seconds bigint not null default 0,
  bytes_in bigint not null default 0,
  bytes_out bigint not null default 0,
  recorded_bytes bigint not null default 0,
  command_count bigint not null default 0,
  recording_id uuid not null,
  trace_id text not null default '',
  version int not null default 1,
  constraint sessions_pk primary key (tenant_id, session_id),
  constraint sessions_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint sessions_worker_fk foreign key (worker_id) references workers (worker_id),
  constraint sessions_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id),
  constraint sessions_state_ck check (state in ('pending', 'live', 'ended')),
  constraint sessions_channel_ck check (channel in ('shell', 'exec')),
  constraint sessions_entrance_ck check (entrance in ('ssh', 'web'))
);
comment on table sessions is 'Connections to assets; names are kept as they were';
create index sessions_created_ix on sessions (tenant_id, created_at, session_id);
create index sessions_user_ix on sessions (tenant_id, user_id, created_at);
create index sessions_asset_ix on sessions (tenant_id, asset_id, created_at);
create index sessions_live_ix on sessions (tenant_id, grant_id) where state <> 'ended';
-- A worker names a session or a recording without its tenant, and finds only its own.
create unique index sessions_worker_ix on sessions (worker_id, session_id);
create unique index sessions_recording_ix on sessions (worker_id, recording_id);
create index sessions_expiry_ix on sessions (expires_at) where state <> 'ended';
create index sessions_lease_ix on sessions (lease_until) where state <> 'ended';
select gatehouse_protect('sessions');
select gatehouse_open('sessions', 'gatehouse_system',
  'select (tenant_id, session_id, worker_id, state, lease_until, expires_at, ended_at, closed_at, recording_id)');

create table recordings (
  tenant_id uuid not null,
  recording_id uuid not null,
  session_id uuid not null,
  state text not null default 'open',
  tenant_key_id uuid not null,
  wrapped_key bytea not null,
  object_prefix text not null,
  -- How far the chain has been checked, and the number of the frame that comes next.
  progress bytea,
  next_sequence bigint not null default 1,
  bytes bigint not null default 0,
  receipt jsonb,
  started_at timestamptz not null,
  uploaded_at timestamptz,
  sealed_at timestamptz,
  constraint recordings_pk primary key (tenant_id, recording_id),
  constraint recordings_session_fk foreign key (tenant_id, session_id) references sessions (tenant_id, session_id),
  constraint recordings_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id),
  constraint recordings_state_ck check (state in ('open', 'uploaded', 'complete', 'incomplete', 'absent'))
);
create index recordings_session_ix on recordings (tenant_id, session_id);
create index recordings_unsealed_ix on recordings (started_at) where state in ('open', 'uploaded');
comment on table recordings is 'What happened in sessions; the recording key is wrapped by the tenant key';
select gatehouse_protect('recordings');
select gatehouse_open('recordings', 'gatehouse_system',
  'select (tenant_id, recording_id, session_id, state, started_at, uploaded_at)');

create table recording_segments (
  tenant_id uuid not null,
  recording_id uuid not null,
  first_sequence bigint not null,
  last_sequence bigint not null,
  bytes bigint not null,
  sha256 bytea not null,
  chain bytea not null,
  object_key text not null,
  -- Null while it is on its way into the object store: for a minute the place is taken by exactly these bytes.
  claimed_at timestamptz not null,
  stored_at timestamptz,
  constraint recording_segments_pk primary key (tenant_id, recording_id, first_sequence),
  constraint recording_segments_recording_fk foreign key (tenant_id, recording_id) references recordings (tenant_id, recording_id)
);
comment on table recording_segments is 'The stored parts of a recording, in order';
select gatehouse_protect('recording_segments');

create table commands (
  tenant_id uuid not null,
  at timestamptz not null,
  command_id uuid not null,
  session_id uuid not null,
  user_name text not null,
  asset_name text not null,
  account_name text not null,
  line text not null,
  verdict text not null default 'allow',
  confidence text not null default 'high',
  offset_us bigint not null,
  constraint commands_pk primary key (tenant_id, at, command_id)
) partition by range (at);
comment on table commands is 'Command lines seen in sessions';
create table commands_default partition of commands default;
create index commands_session_ix on commands (tenant_id, session_id, at);
select gatehouse_protect('commands');
alter table commands_default enable row level security;
alter table commands_default force row level security;

-- One-time tokens for the web terminal: spent when the socket opens.
create table terminal_tokens (
  tenant_id uuid not null,
  token_hash bytea not null,
  user_id uuid not null,
  asset_id uuid not null,
  account_name text not null,
  origin text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint terminal_tokens_pk primary key (tenant_id, token_hash),
  constraint terminal_tokens_hash_uq unique (token_hash),
  constraint terminal_tokens_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint terminal_tokens_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table terminal_tokens is 'Tickets for a web terminal, good for a minute and one use';
select gatehouse_protect('terminal_tokens');
select gatehouse_open('terminal_tokens', 'gatehouse_system', 'select (tenant_id, token_hash, expires_at), delete');
