create table nodes (
  tenant_id uuid not null,
  node_id uuid not null,
  parent_id uuid,
  name text collate "C" not null,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint nodes_pk primary key (tenant_id, node_id),
  constraint nodes_name_uq unique nulls not distinct (tenant_id, parent_id, name),
  constraint nodes_parent_fk foreign key (tenant_id, parent_id) references nodes (tenant_id, node_id),
  constraint nodes_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table nodes is 'Folders of the asset tree';
select gatehouse_protect('nodes');

create table node_closure (
  tenant_id uuid not null,
  ancestor_id uuid not null,
  descendant_id uuid not null,
  depth int not null,
  constraint node_closure_pk primary key (tenant_id, ancestor_id, descendant_id),
  constraint node_closure_ancestor_fk foreign key (tenant_id, ancestor_id) references nodes (tenant_id, node_id) on delete cascade,
  constraint node_closure_descendant_fk foreign key (tenant_id, descendant_id) references nodes (tenant_id, node_id) on delete cascade
);
comment on table node_closure is 'Every node with everything above it, itself included at depth 0';
create index node_closure_descendant_ix on node_closure (tenant_id, descendant_id, ancestor_id);
select gatehouse_protect('node_closure');

create table assets (
  tenant_id uuid not null,
  asset_id uuid not null,
  name text collate "C" not null,
  platform text not null default 'linux',
  address text not null,
  port int not null default 22,
  description text not null default '',
  state text not null default 'active',
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint assets_pk primary key (tenant_id, asset_id),
  constraint assets_name_uq unique (tenant_id, name),
  constraint assets_port_ck check (port between 1 and 65535),
  constraint assets_state_ck check (state in ('active', 'disabled')),
  constraint assets_platform_ck check (platform in ('linux')),
  constraint assets_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table assets is 'Servers that people connect to';
create index assets_name_ix on assets (tenant_id, name, asset_id);
create index assets_created_ix on assets (tenant_id, created_at, asset_id);
select gatehouse_protect('assets');

create table asset_nodes (
  tenant_id uuid not null,
  node_id uuid not null,
  asset_id uuid not null,
  constraint asset_nodes_pk primary key (tenant_id, node_id, asset_id),
  constraint asset_nodes_node_fk foreign key (tenant_id, node_id) references nodes (tenant_id, node_id) on delete cascade,
  constraint asset_nodes_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table asset_nodes is 'Which folders an asset lies in';
create index asset_nodes_asset_ix on asset_nodes (tenant_id, asset_id, node_id);
select gatehouse_protect('asset_nodes');

create table asset_labels (
  tenant_id uuid not null,
  key text collate "C" not null,
  value text collate "C" not null,
  asset_id uuid not null,
  constraint asset_labels_pk primary key (tenant_id, key, value, asset_id),
  constraint asset_labels_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table asset_labels is 'Labels, a side table because containment operators cannot use an index under row-level security';
create index asset_labels_asset_ix on asset_labels (tenant_id, asset_id);
select gatehouse_protect('asset_labels');

create table host_keys (
  tenant_id uuid not null,
  host_key_id uuid not null,
  asset_id uuid not null,
  algorithm text not null,
  fingerprint text not null,
  public_key bytea not null,
  state text not null,
  seen_at timestamptz not null default now(),
  decided_by uuid,
  decided_at timestamptz,
  constraint host_keys_pk primary key (tenant_id, host_key_id),
  constraint host_keys_key_uq unique (tenant_id, asset_id, fingerprint),
  constraint host_keys_state_ck check (state in ('seen', 'pinned', 'refused')),
  constraint host_keys_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table host_keys is 'Host keys of assets: seen by a worker, pinned or refused by an administrator';
select gatehouse_protect('host_keys');

-- What other features may read.
create view asset_directory with (security_invoker = true) as
  select tenant_id, asset_id, name, address, port, platform, state from assets;
create view asset_ancestors with (security_invoker = true) as
  select n.tenant_id, n.asset_id, c.ancestor_id as node_id
  from asset_nodes n
  join node_closure c on c.tenant_id = n.tenant_id and c.descendant_id = n.node_id;
create view node_directory with (security_invoker = true) as
  select tenant_id, node_id, name from nodes;
grant select on asset_directory, asset_ancestors, node_directory to gatehouse_app;
