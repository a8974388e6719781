create table grants (
  tenant_id uuid not null,
  grant_id uuid not null,
  name text not null,
  effect text not null default 'allow',
  source text not null,
  ticket_id uuid,
  protocols text[] not null,
  actions text[] not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  weekly jsonb,
  state text not null default 'active',
  revoked_at timestamptz,
  revoked_by uuid,
  revoke_reason text,
  created_by uuid,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint grants_pk primary key (tenant_id, grant_id),
  constraint grants_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint grants_effect_ck check (effect in ('allow', 'deny')),
  constraint grants_source_ck check (source in ('administrator', 'ticket')),
  constraint grants_state_ck check (state in ('active', 'revoked', 'ended')),
  constraint grants_window_ck check (ends_at is null or ends_at > starts_at),
  constraint grants_ticket_ck check ((source = 'ticket') = (ticket_id is not null))
);
comment on table grants is 'Indivisible: these subjects, objects, accounts, protocols and actions in this window';
create unique index grants_ticket_uq on grants (tenant_id, ticket_id) where ticket_id is not null;
create index grants_created_ix on grants (tenant_id, created_at, grant_id);
create index grants_ending_ix on grants (ends_at) where state = 'active' and ends_at is not null;
select gatehouse_protect('grants');
select gatehouse_open('grants', 'gatehouse_system', 'select (tenant_id, grant_id, state, ends_at)');

create table grant_users (
  tenant_id uuid not null,
  user_id uuid not null,
  grant_id uuid not null,
  constraint grant_users_pk primary key (tenant_id, user_id, grant_id),
  constraint grant_users_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint grant_users_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id) on delete cascade
);
create index grant_users_grant_ix on grant_users (tenant_id, grant_id);
comment on table grant_users is 'Grants by user';
select gatehouse_protect('grant_users');

create table grant_groups (
  tenant_id uuid not null,
  group_id uuid not null,
  grant_id uuid not null,
  constraint grant_groups_pk primary key (tenant_id, group_id, grant_id),
  constraint grant_groups_group_fk foreign key (tenant_id, group_id) references groups (tenant_id, group_id) on delete cascade,
  constraint grant_groups_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id) on delete cascade
);
create index grant_groups_grant_ix on grant_groups (tenant_id, grant_id);
comment on table grant_groups is 'Grants by group';
select gatehouse_protect('grant_groups');

create table grant_assets (
  tenant_id uuid not null,
  asset_id uuid not null,
  grant_id uuid not null,
  constraint grant_assets_pk primary key (tenant_id, asset_id, grant_id),
  constraint grant_assets_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade,
  constraint grant_assets_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id) on delete cascade
);
create index grant_assets_grant_ix on grant_assets (tenant_id, grant_id);
comment on table grant_assets is 'Grants by asset';
select gatehouse_protect('grant_assets');

create table grant_nodes (
  tenant_id uuid not null,
  node_id uuid not null,
  grant_id uuid not null,
  constraint grant_nodes_pk primary key (tenant_id, node_id, grant_id),
  constraint grant_nodes_node_fk foreign key (tenant_id, node_id) references nodes (tenant_id, node_id) on delete cascade,
  constraint grant_nodes_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id) on delete cascade
);
create index grant_nodes_grant_ix on grant_nodes (tenant_id, grant_id);
comment on table grant_nodes is 'Grants by node, with everything below it';
select gatehouse_protect('grant_nodes');

create table grant_accounts (
  tenant_id uuid not null,
  grant_id uuid not null,
  kind text not null,
  name text collate "C" not null default '',
  constraint grant_accounts_pk primary key (tenant_id, grant_id, kind, name),
  constraint grant_accounts_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id) on delete cascade,
  constraint grant_accounts_kind_ck check (kind in ('name', 'all', 'same', 'exclude')),
  constraint grant_accounts_name_ck check ((kind in ('name', 'exclude')) = (name <> ''))
);
comment on table grant_accounts is 'Which accounts a grant opens: names, @all, @same, and exclusions';
select gatehouse_protect('grant_accounts');

-- What other features may read.
create view grant_states with (security_invoker = true) as
  select tenant_id, grant_id, state, starts_at, ends_at from grants;
grant select on grant_states to gatehouse_app;
