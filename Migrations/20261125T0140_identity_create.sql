create table users (
  tenant_id uuid not null,
  user_id uuid not null,
  login text collate "C" not null,
  name text not null,
  email text,
  state text not null default 'active',
  password_hash text,
  password_changed_at timestamptz,
  must_change_password boolean not null default false,
  failed_attempts int not null default 0,
  locked_until timestamptz,
  language text,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint users_pk primary key (tenant_id, user_id),
  constraint users_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint users_login_uq unique (tenant_id, login),
  constraint users_state_ck check (state in ('active', 'disabled'))
);
comment on table users is 'People of a tenant; login is stored case-folded';
create index users_name_ix on users (tenant_id, name, user_id);
create index users_created_ix on users (tenant_id, created_at, user_id);
select gatehouse_protect('users');

create table totp_secrets (
  tenant_id uuid not null,
  user_id uuid not null,
  tenant_key_id uuid not null,
  sealed bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint totp_secrets_pk primary key (tenant_id, user_id),
  constraint totp_secrets_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table totp_secrets is 'Second factors by RFC 6238; last_step prevents reuse of a code';
select gatehouse_protect('totp_secrets');

create table recovery_codes (
  tenant_id uuid not null,
  recovery_code_id uuid not null,
  user_id uuid not null,
  code_hash bytea not null,
  used_at timestamptz,
  constraint recovery_codes_pk primary key (tenant_id, recovery_code_id),
  constraint recovery_codes_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint recovery_codes_hash_uq unique (tenant_id, user_id, code_hash)
);
comment on table recovery_codes is 'One-time replacements for a second factor';
select gatehouse_protect('recovery_codes');

create table sign_ins (
  tenant_id uuid not null,
  sign_in_id uuid not null,
  token_hash bytea not null,
  user_id uuid not null,
  stage text not null,
  second_factor_at timestamptz,
  tries int not null default 0,
  client_address text,
  expires_at timestamptz not null,
  constraint sign_ins_pk primary key (tenant_id, sign_in_id),
  constraint sign_ins_token_uq unique (tenant_id, token_hash),
  constraint sign_ins_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint sign_ins_stage_ck check (stage in ('second-factor', 'enrol', 'change-password', 'invitation'))
);
comment on table sign_ins is 'Sign-ins that wait for their next step, after the right password or an invitation';
create index sign_ins_user_ix on sign_ins (tenant_id, user_id);
select gatehouse_protect('sign_ins');
select gatehouse_open('sign_ins', 'gatehouse_system', 'select, delete');

create table web_sessions (
  tenant_id uuid not null,
  web_session_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  rotated_at timestamptz not null default now(),
  previous_token_hash bytea,
  expires_at timestamptz not null,
  second_factor_at timestamptz,
  client_address text,
  user_agent text,
  revoked_at timestamptz,
  constraint web_sessions_pk primary key (tenant_id, web_session_id),
  constraint web_sessions_token_uq unique (tenant_id, token_hash),
  constraint web_sessions_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table web_sessions is 'Signed-in browsers, by the hash of their cookie';
create index web_sessions_previous_ix on web_sessions (tenant_id, previous_token_hash);
create index web_sessions_user_ix on web_sessions (tenant_id, user_id);
select gatehouse_protect('web_sessions');
select gatehouse_open('web_sessions', 'gatehouse_system', 'select, delete');

create table api_tokens (
  tenant_id uuid not null,
  api_token_id uuid not null,
  user_id uuid not null,
  name text not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  second_factor_at timestamptz,
  revoked_at timestamptz,
  constraint api_tokens_pk primary key (tenant_id, api_token_id),
  constraint api_tokens_token_uq unique (tenant_id, token_hash),
  constraint api_tokens_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table api_tokens is 'Bearer tokens, by their hash';
create index api_tokens_user_ix on api_tokens (tenant_id, user_id);
select gatehouse_protect('api_tokens');

create table ssh_keys (
  tenant_id uuid not null,
  ssh_key_id uuid not null,
  user_id uuid not null,
  name text not null,
  algorithm text not null,
  fingerprint text not null,
  public_key bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  constraint ssh_keys_pk primary key (tenant_id, ssh_key_id),
  constraint ssh_keys_fingerprint_uq unique (tenant_id, fingerprint),
  constraint ssh_keys_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table ssh_keys is 'Public keys with which people sign in over SSH';
create index ssh_keys_user_ix on ssh_keys (tenant_id, user_id);
select gatehouse_protect('ssh_keys');

create table groups (
  tenant_id uuid not null,
  group_id uuid not null,
  name text collate "C" not null,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint groups_pk primary key (tenant_id, group_id),
  constraint groups_name_uq unique (tenant_id, name),
  constraint groups_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table groups is 'Sets of users';
select gatehouse_protect('groups');

create table group_members (
  tenant_id uuid not null,
  group_id uuid not null,
  user_id uuid not null,
  constraint group_members_pk primary key (tenant_id, group_id, user_id),
  constraint group_members_group_fk foreign key (tenant_id, group_id) references groups (tenant_id, group_id) on delete cascade,
  constraint group_members_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table group_members is 'Who is in which group';
create index group_members_user_ix on group_members (tenant_id, user_id, group_id);
select gatehouse_protect('group_members');

create table roles (
  tenant_id uuid not null,
  role_id uuid not null,
  name text collate "C" not null,
  built_in text,
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint roles_pk primary key (tenant_id, role_id),
  constraint roles_name_uq unique (tenant_id, name),
  constraint roles_built_in_uq unique (tenant_id, built_in),
  constraint roles_built_in_ck check (built_in in ('administrator', 'auditor', 'user')),
  constraint roles_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table roles is 'Named sets of permissions; a built-in role has the set that the program defines';
select gatehouse_protect('roles');

create table role_bindings (
  tenant_id uuid not null,
  role_id uuid not null,
  user_id uuid not null,
  constraint role_bindings_pk primary key (tenant_id, role_id, user_id),
  constraint role_bindings_role_fk foreign key (tenant_id, role_id) references roles (tenant_id, role_id) on delete cascade,
  constraint role_bindings_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table role_bindings is 'Who has which role';
create index role_bindings_user_ix on role_bindings (tenant_id, user_id, role_id);
select gatehouse_protect('role_bindings');

-- What other features may read.
create view user_directory with (security_invoker = true) as
  select tenant_id, user_id, login, name, state from users;
create view user_groups with (security_invoker = true) as
  select tenant_id, user_id, group_id from group_members;
create view group_directory with (security_invoker = true) as
  select tenant_id, group_id, name from groups;
grant select on user_directory, user_groups, group_directory to gatehouse_app;
create view user_roles with (security_invoker = true) as
  select tenant_id, user_id, role_id from role_bindings;
create view role_directory with (security_invoker = true) as
  select tenant_id, role_id, name, built_in from roles;
grant select on user_roles, role_directory to gatehouse_app;
