-- Whose manager is who, by the word of a directory or of a provider's program. What one of them has said nobody changes by hand.
alter table users add column manager_provider_id uuid;
alter table users add constraint users_manager_provider_fk foreign key (tenant_id, manager_provider_id)
  references identity_providers (tenant_id, identity_provider_id) on delete set null (manager_provider_id);
create index users_manager_provider_ix on users (tenant_id, manager_provider_id) where manager_provider_id is not null;
comment on column users.manager_provider_id is 'The identity provider that has said who the manager is';

-- Programs name managers before they have made them.
create index provisioned_users_manager_ix on provisioned_users (tenant_id, identity_provider_id, (profile -> 'manager' ->> 'value'))
  where profile ? 'manager';

-- A directory names people by where they stand in it.
alter table identity_links add column directory_dn text collate "C";
alter table identity_links add column manager_dn text collate "C";
comment on column identity_links.directory_dn is 'Where the person stands in the directory, as the last sync saw it';
comment on column identity_links.manager_dn is 'Where the one stands to whom they report';
create index identity_links_directory_ix on identity_links (tenant_id, identity_provider_id, directory_dn)
  where directory_dn is not null;
create index identity_links_manager_ix on identity_links (tenant_id, identity_provider_id, manager_dn)
  where manager_dn is not null;
alter table identity_sync_entries add column manager_dn text collate "C";
