-- Who answers for a thing or for a person, so that flows can ask them: the owner of an asset, the owner of a node and so of
-- everything below it, the manager of a user.
alter table assets add column owner_id uuid;
alter table assets add constraint assets_owner_fk foreign key (tenant_id, owner_id)
  references users (tenant_id, user_id) on delete set null (owner_id);
create index assets_owner_ix on assets (tenant_id, owner_id) where owner_id is not null;

alter table nodes add column owner_id uuid;
alter table nodes add constraint nodes_owner_fk foreign key (tenant_id, owner_id)
  references users (tenant_id, user_id) on delete set null (owner_id);
create index nodes_owner_ix on nodes (tenant_id, owner_id) where owner_id is not null;

alter table users add column manager_id uuid;
alter table users add constraint users_manager_fk foreign key (tenant_id, manager_id)
  references users (tenant_id, user_id) on delete set null (manager_id);
alter table users add constraint users_manager_ck check (manager_id <> user_id);
create index users_manager_ix on users (tenant_id, manager_id) where manager_id is not null;

-- What other features may read.
create or replace view user_directory with (security_invoker = true) as
  select tenant_id, user_id, login, name, state, manager_id from users;
create or replace view asset_directory with (security_invoker = true) as
  select tenant_id, asset_id, name, address, port, platform, state, org_id, owner_id from assets;
create or replace view node_directory with (security_invoker = true) as
  select tenant_id, node_id, name, owner_id from nodes;
create view asset_label_directory with (security_invoker = true) as
  select tenant_id, asset_id, key, value from asset_labels;
grant select on asset_label_directory to gatehouse_app;
