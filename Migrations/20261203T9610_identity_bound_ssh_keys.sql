-- As of tokens and access keys: what was made in a browser that came in by a link of the person's own ends with the link.
alter table ssh_keys add column bound_provider_id uuid;
alter table ssh_keys add constraint ssh_keys_link_fk foreign key (tenant_id, bound_provider_id, user_id)
  references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade;
create index ssh_keys_link_ix on ssh_keys (tenant_id, bound_provider_id, user_id) where bound_provider_id is not null;
comment on column ssh_keys.bound_provider_id is 'As of tokens';
