-- People and groups as a provider's own program says them (SCIM 2.0), beside their sign-ins and the runs of syncs.
create table provisionings (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  enabled boolean not null default false,
  handles_privileged boolean not null default false,
  version int not null default 1,
  constraint provisionings_pk primary key (tenant_id, identity_provider_id),
  constraint provisionings_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade
);
comment on table provisionings is 'Whether the program of a provider may say who its people are, and whether it may shut out those who may do more than the provider gives';
select gatehouse_protect('provisionings');

create table provisioning_clients (
  tenant_id uuid not null,
  provisioning_client_id uuid not null,
  identity_provider_id uuid not null,
  name text collate "C" not null,
  token_hash bytea not null,
  previous_hash bytea,
  previous_until timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  rotated_at timestamptz,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  constraint provisioning_clients_pk primary key (tenant_id, provisioning_client_id),
  constraint provisioning_clients_provisioning_fk foreign key (tenant_id, identity_provider_id)
    references provisionings (tenant_id, identity_provider_id) on delete cascade,
  constraint provisioning_clients_token_uq unique (tenant_id, token_hash),
  constraint provisioning_clients_name_uq unique (tenant_id, identity_provider_id, name),
  constraint provisioning_clients_previous_ck check ((previous_hash is null) = (previous_until is null))
);
comment on table provisioning_clients is 'Programs that provision, by the hashes of their tokens; the one before the latest is good for a while';
create index provisioning_clients_previous_ix on provisioning_clients (tenant_id, previous_hash);
select gatehouse_protect('provisioning_clients');

create table provisioned_users (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  user_name text collate "C" not null,
  external_id text collate "C",
  profile jsonb not null,
  left_at timestamptz,
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  version int not null default 1,
  constraint provisioned_users_pk primary key (tenant_id, identity_provider_id, user_id),
  constraint provisioned_users_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint provisioned_users_user_fk foreign key (tenant_id, user_id)
    references users (tenant_id, user_id) on delete cascade
);
comment on table provisioned_users is 'People as a provider''s program knows them; left_at is set when it had them disabled, and only then it may let them in again';
create unique index provisioned_users_name_uq on provisioned_users (tenant_id, identity_provider_id, user_name)
  where removed_at is null;
create unique index provisioned_users_external_uq on provisioned_users (tenant_id, identity_provider_id, external_id)
  where removed_at is null;
create index provisioned_users_user_ix on provisioned_users (tenant_id, user_id);
select gatehouse_protect('provisioned_users');

create table provisioned_groups (
  tenant_id uuid not null,
  provisioned_group_id uuid not null,
  identity_provider_id uuid not null,
  name text not null,
  folded_name text collate "C" not null,
  external_id text collate "C",
  folded_external text collate "C",
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  version int not null default 1,
  constraint provisioned_groups_pk primary key (tenant_id, provisioned_group_id),
  constraint provisioned_groups_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint provisioned_groups_name_uq unique (tenant_id, identity_provider_id, folded_name),
  constraint provisioned_groups_external_uq unique (tenant_id, identity_provider_id, external_id)
);
comment on table provisioned_groups is 'Groups as a provider''s program knows them; what they are worth here, the provider''s rules say';
select gatehouse_protect('provisioned_groups');

create table provisioned_members (
  tenant_id uuid not null,
  provisioned_group_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  constraint provisioned_members_pk primary key (tenant_id, provisioned_group_id, user_id),
  constraint provisioned_members_group_fk foreign key (tenant_id, provisioned_group_id)
    references provisioned_groups (tenant_id, provisioned_group_id) on delete cascade,
  constraint provisioned_members_user_fk foreign key (tenant_id, identity_provider_id, user_id)
    references provisioned_users (tenant_id, identity_provider_id, user_id) on delete cascade
);
comment on table provisioned_members is 'Who is in such a group';
create index provisioned_members_user_ix on provisioned_members (tenant_id, identity_provider_id, user_id);
select gatehouse_protect('provisioned_members');

create table provisioning_given_roles (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  constraint provisioning_given_roles_pk primary key (tenant_id, identity_provider_id, user_id, role_id),
  constraint provisioning_given_roles_user_fk foreign key (tenant_id, identity_provider_id, user_id)
    references provisioned_users (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint provisioning_given_roles_role_fk foreign key (tenant_id, role_id)
    references roles (tenant_id, role_id) on delete cascade
);
comment on table provisioning_given_roles is 'Roles that a rule gave by a provisioned group, and may take back; what was given by hand or at a sign-in is not here';
create index provisioning_given_roles_role_ix on provisioning_given_roles (tenant_id, role_id);
select gatehouse_protect('provisioning_given_roles');

create table provisioning_given_groups (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  group_id uuid not null,
  constraint provisioning_given_groups_pk primary key (tenant_id, identity_provider_id, user_id, group_id),
  constraint provisioning_given_groups_user_fk foreign key (tenant_id, identity_provider_id, user_id)
    references provisioned_users (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint provisioning_given_groups_group_fk foreign key (tenant_id, group_id)
    references groups (tenant_id, group_id) on delete cascade
);
comment on table provisioning_given_groups is 'Memberships that a rule gave by a provisioned group, and may take back';
create index provisioning_given_groups_group_ix on provisioning_given_groups (tenant_id, group_id);
select gatehouse_protect('provisioning_given_groups');

create table provisioning_calls (
  tenant_id uuid not null,
  provisioning_call_id uuid not null,
  identity_provider_id uuid not null,
  client text not null,
  operation text not null,
  subject text,
  status int not null,
  note text,
  at timestamptz not null,
  constraint provisioning_calls_pk primary key (tenant_id, provisioning_call_id),
  constraint provisioning_calls_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade
);
comment on table provisioning_calls is 'What programs asked for lately that changed something, or went wrong; the latest two hundred of each provider';
create index provisioning_calls_provider_ix on provisioning_calls (tenant_id, identity_provider_id, provisioning_call_id);
select gatehouse_protect('provisioning_calls');
