create table identity_sessions (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  session_number bigint generated always as identity,
  user_id uuid not null,
  subject_hash bytea not null,
  session_hash bytea,
  created_at timestamptz not null,
  constraint identity_sessions_pk primary key (tenant_id, identity_provider_id, session_number),
  constraint identity_sessions_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_sessions_user_fk foreign key (tenant_id, user_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint identity_sessions_hashes_ck check (octet_length(subject_hash) = 32 and octet_length(session_hash) = 32)
);
comment on table identity_sessions is 'By which sessions at identity providers people came in, so that the end of one there is the end here';
create index identity_sessions_subject_ix on identity_sessions (tenant_id, identity_provider_id, subject_hash);
create index identity_sessions_user_ix on identity_sessions (tenant_id, user_id, created_at);
select gatehouse_protect('identity_sessions');
select gatehouse_open('identity_sessions', 'gatehouse_system', 'select (tenant_id, created_at), delete');
