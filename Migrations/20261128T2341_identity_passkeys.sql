create table passkeys (
  tenant_id uuid not null,
  passkey_id uuid not null,
  user_id uuid not null,
  name text not null,
  rp_id text collate "C" not null,
  credential_id bytea not null,
  algorithm int not null,
  public_key bytea not null,
  sign_count bigint not null,
  model uuid not null,
  transports text[] not null default '{}',
  is_backup_eligible boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  counter_fell_at timestamptz,
  constraint passkeys_pk primary key (tenant_id, passkey_id),
  constraint passkeys_credential_uq unique (tenant_id, credential_id),
  constraint passkeys_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint passkeys_algorithm_ck check (algorithm in (-7, -8, -257)),
  constraint passkeys_credential_ck check (octet_length(credential_id) between 1 and 1023),
  constraint passkeys_count_ck check (sign_count between 0 and 4294967295)
);
comment on table passkeys is 'Public keys with which people sign in: a key is good at one host name, and belongs to one person';
comment on column passkeys.counter_fell_at is 'When a counter came that was not higher than the one before: there may be a copy';
create index passkeys_user_ix on passkeys (tenant_id, user_id);
select gatehouse_protect('passkeys');

create table passkey_challenges (
  tenant_id uuid not null,
  passkey_challenge_id uuid not null,
  challenge_hash bytea not null,
  purpose text not null,
  sign_in_id uuid,
  web_session_id uuid,
  expires_at timestamptz not null,
  constraint passkey_challenges_pk primary key (tenant_id, passkey_challenge_id),
  constraint passkey_challenges_hash_uq unique (tenant_id, challenge_hash),
  constraint passkey_challenges_sign_in_fk foreign key (tenant_id, sign_in_id)
    references sign_ins (tenant_id, sign_in_id) on delete cascade,
  constraint passkey_challenges_session_fk foreign key (tenant_id, web_session_id)
    references web_sessions (tenant_id, web_session_id) on delete cascade,
  constraint passkey_challenges_purpose_ck check (case purpose
    when 'sign-in' then num_nonnulls(sign_in_id, web_session_id) = 0
    when 'second-factor' then sign_in_id is not null and web_session_id is null
    when 'enrol' then sign_in_id is not null and web_session_id is null
    when 'add' then sign_in_id is null and web_session_id is not null
    when 'step-up' then sign_in_id is null and web_session_id is not null
    else false end)
);
comment on table passkey_challenges is 'What passkeys were asked to sign: each is good once, in the sign-in or session that asked';
create index passkey_challenges_sign_in_ix on passkey_challenges (tenant_id, sign_in_id);
create index passkey_challenges_session_ix on passkey_challenges (tenant_id, web_session_id);
select gatehouse_protect('passkey_challenges');
select gatehouse_open('passkey_challenges', 'gatehouse_system', 'select, delete');
