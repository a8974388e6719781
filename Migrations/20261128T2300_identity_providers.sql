create table identity_providers (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  name text collate "C" not null,
  kind text not null,
  position int not null,
  enabled boolean not null,
  domains text[] not null default '{}',
  creates_users boolean not null,
  links_users boolean not null,
  settings jsonb not null,
  tenant_key_id uuid,
  sealed_secret bytea,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint identity_providers_pk primary key (tenant_id, identity_provider_id),
  constraint identity_providers_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint identity_providers_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id),
  constraint identity_providers_name_uq unique (tenant_id, name),
  constraint identity_providers_kind_ck check (kind in ('ldap')),
  constraint identity_providers_position_ck check (position between 1 and 1000),
  constraint identity_providers_secret_ck check ((tenant_key_id is null) = (sealed_secret is null))
);
comment on table identity_providers is 'Where else people of a tenant prove who they are; the secret is sealed by the tenant key';
create index identity_providers_order_ix on identity_providers (tenant_id, position, identity_provider_id);
select gatehouse_protect('identity_providers');

create table identity_provider_rules (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  rule_number int not null,
  directory_group text not null,
  role_id uuid,
  group_id uuid,
  constraint identity_provider_rules_pk primary key (tenant_id, identity_provider_id, rule_number),
  constraint identity_provider_rules_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_provider_rules_role_fk foreign key (tenant_id, role_id)
    references roles (tenant_id, role_id) on delete cascade,
  constraint identity_provider_rules_group_fk foreign key (tenant_id, group_id)
    references groups (tenant_id, group_id) on delete cascade,
  constraint identity_provider_rules_one_ck check (num_nonnulls(role_id, group_id) = 1)
);
comment on table identity_provider_rules is 'What members of a group at the provider get here: a role or a group';
create index identity_provider_rules_role_ix on identity_provider_rules (tenant_id, role_id);
create index identity_provider_rules_group_ix on identity_provider_rules (tenant_id, group_id);
select gatehouse_protect('identity_provider_rules');

create table identity_links (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  subject text collate "C" not null,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  constraint identity_links_pk primary key (tenant_id, identity_provider_id, user_id),
  constraint identity_links_subject_uq unique (tenant_id, identity_provider_id, subject),
  constraint identity_links_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_links_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table identity_links is 'Who a person is at a provider: one subject for one user, and never another';
create index identity_links_user_ix on identity_links (tenant_id, user_id);
select gatehouse_protect('identity_links');

create table identity_given_roles (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  constraint identity_given_roles_pk primary key (tenant_id, identity_provider_id, user_id, role_id),
  constraint identity_given_roles_link_fk foreign key (tenant_id, identity_provider_id, user_id)
    references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint identity_given_roles_role_fk foreign key (tenant_id, role_id)
    references roles (tenant_id, role_id) on delete cascade
);
comment on table identity_given_roles is 'Roles that a rule gave, and may take back; what was given by hand is not here';
create index identity_given_roles_role_ix on identity_given_roles (tenant_id, role_id);
select gatehouse_protect('identity_given_roles');

create table identity_given_groups (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  group_id uuid not null,
  constraint identity_given_groups_pk primary key (tenant_id, identity_provider_id, user_id, group_id),
  constraint identity_given_groups_link_fk foreign key (tenant_id, identity_provider_id, user_id)
    references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint identity_given_groups_group_fk foreign key (tenant_id, group_id)
    references groups (tenant_id, group_id) on delete cascade
);
comment on table identity_given_groups is 'Memberships that a rule gave, and may take back; what was given by hand is not here';
create index identity_given_groups_group_ix on identity_given_groups (tenant_id, group_id);
select gatehouse_protect('identity_given_groups');

-- Null for a sign-in that the person's own password began.
alter table sign_ins add column identity_provider_id uuid;
alter table sign_ins add constraint sign_ins_provider_fk foreign key (tenant_id, identity_provider_id)
  references identity_providers (tenant_id, identity_provider_id) on delete cascade;
