-- Support access: somebody of the hosting provider inside of a tenant, because an administrator of it agreed, and only as
-- long as that holds. The rows are the tenant's; the provider reads what it wrote itself, and how it stands.
create table support_accesses (
  tenant_id uuid not null,
  support_access_id uuid not null,
  operator_id uuid not null,
  operator_name text not null,
  role text not null,
  reason text not null,
  duration_seconds int not null,
  state text not null default 'asked',
  asked_at timestamptz not null,
  -- A wish that nobody answers is over then; a consent ends then.
  ends_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  decided_by_name text,
  entry_hash bytea,
  entry_until timestamptz,
  constraint support_accesses_pk primary key (tenant_id, support_access_id),
  constraint support_accesses_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint support_accesses_role_ck check (role in ('auditor', 'administrator')),
  constraint support_accesses_state_ck check (state in ('asked', 'consented', 'refused', 'revoked', 'withdrawn')),
  constraint support_accesses_duration_ck check (duration_seconds between 300 and 86400),
  constraint support_accesses_consent_ck check (state <> 'consented' or ends_at <= decided_at + interval '24 hours')
);
comment on table support_accesses is 'What the provider''s support asked a tenant for, and what the tenant said';
create index support_accesses_asked_ix on support_accesses (tenant_id, asked_at, support_access_id);
create index support_accesses_all_ix on support_accesses (asked_at, support_access_id);
select gatehouse_protect('support_accesses');
-- Who of the tenant decided is no business of the provider.
select gatehouse_open('support_accesses', 'gatehouse_provider',
  'select (tenant_id, support_access_id, operator_id, operator_name, role, reason, duration_seconds, state, asked_at, ends_at, decided_at)');

create table support_sessions (
  tenant_id uuid not null,
  support_session_id uuid not null,
  support_access_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null,
  client_address text,
  user_agent text,
  constraint support_sessions_pk primary key (tenant_id, support_session_id),
  constraint support_sessions_token_uq unique (tenant_id, token_hash),
  constraint support_sessions_access_uq unique (tenant_id, support_access_id),
  constraint support_sessions_access_fk foreign key (tenant_id, support_access_id)
    references support_accesses (tenant_id, support_access_id) on delete cascade
);
comment on table support_sessions is 'The browser in which somebody of the provider is inside, by the hash of its cookie; one for each consent';
select gatehouse_protect('support_sessions');
