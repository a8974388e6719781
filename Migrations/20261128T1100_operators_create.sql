-- The hosting provider's own people. They belong to no tenant: only the provider's role, and the system's, know them.
create table provider_operators (
  operator_id uuid not null,
  login text collate "C" not null,
  name text not null,
  email text,
  roles text[] not null,
  state text not null default 'active',
  password_hash text,
  failed_attempts int not null default 0,
  locked_until timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint provider_operators_pk primary key (operator_id),
  constraint provider_operators_login_uq unique (login),
  constraint provider_operators_roles_ck check (cardinality(roles) > 0 and roles <@ array['operator', 'billing', 'support']),
  constraint provider_operators_state_ck check (state in ('active', 'disabled'))
);
comment on table provider_operators is 'People of the hosting provider; login is stored case-folded';

create table provider_second_factors (
  operator_id uuid not null,
  sealed bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint provider_second_factors_pk primary key (operator_id),
  constraint provider_second_factors_operator_fk foreign key (operator_id)
    references provider_operators (operator_id) on delete cascade
);
comment on table provider_second_factors is
  'Second factors by RFC 6238, sealed by a key of the installation; last_step prevents reuse of a code';

create table provider_sign_ins (
  sign_in_id uuid not null,
  token_hash bytea not null,
  operator_id uuid not null,
  stage text not null,
  second_factor_at timestamptz,
  tries int not null default 0,
  client_address text,
  expires_at timestamptz not null,
  constraint provider_sign_ins_pk primary key (sign_in_id),
  constraint provider_sign_ins_token_uq unique (token_hash),
  constraint provider_sign_ins_operator_fk foreign key (operator_id)
    references provider_operators (operator_id) on delete cascade,
  constraint provider_sign_ins_stage_ck check (stage in ('second-factor', 'enrol', 'invitation'))
);
comment on table provider_sign_ins is 'Operators'' sign-ins that wait for their next step, after the right password or an invitation';
create index provider_sign_ins_operator_ix on provider_sign_ins (operator_id);

create table provider_sessions (
  provider_session_id uuid not null,
  operator_id uuid not null,
  token_hash bytea not null,
  previous_token_hash bytea,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  rotated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  second_factor_at timestamptz not null,
  client_address text,
  user_agent text,
  constraint provider_sessions_pk primary key (provider_session_id),
  constraint provider_sessions_token_uq unique (token_hash),
  constraint provider_sessions_operator_fk foreign key (operator_id)
    references provider_operators (operator_id) on delete cascade
);
comment on table provider_sessions is 'Browsers in which an operator is signed in, by the hash of their cookie';
create index provider_sessions_previous_ix on provider_sessions (previous_token_hash);
create index provider_sessions_operator_ix on provider_sessions (operator_id);

do $$
declare name text;
begin
  foreach name in array array['provider_operators', 'provider_second_factors', 'provider_sign_ins', 'provider_sessions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy provider_all on %I to gatehouse_provider using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to gatehouse_provider', name);
  end loop;
  -- What has run out is forgotten by a periodic job, which need not know who anybody is.
  foreach name in array array['provider_sign_ins', 'provider_sessions'] loop
    execute format('create policy system_purge on %I to gatehouse_system using (true)', name);
    execute format('grant select, delete on %I to gatehouse_system', name);
  end loop;
end
$$;

-- The provider's trail says who and what, as a tenant's does.
alter table provider_audit_events
  add column actor_kind text not null default 'provider',
  add column actor_id text collate "C",
  add column target_kind text,
  add column target_id text collate "C",
  add column target_name text,
  add constraint provider_audit_events_actor_ck check (actor_kind in ('user', 'worker', 'system', 'provider', 'nobody')),
  add constraint provider_audit_events_outcome_ck check (outcome in ('success', 'refused', 'failed'));
create index provider_audit_events_tenant_ix on provider_audit_events (about_tenant, at);
