-- What was made in a browser that came in by a link of the person's own ends with the link, as the browser does.
alter table api_tokens add column bound_provider_id uuid;
alter table api_tokens add constraint api_tokens_link_fk foreign key (tenant_id, bound_provider_id, user_id)
  references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade;
create index api_tokens_link_ix on api_tokens (tenant_id, bound_provider_id, user_id) where bound_provider_id is not null;
comment on column api_tokens.bound_provider_id is 'Set for a token that was made in a browser that came in by a link of the person''s own';
alter table access_keys add column bound_provider_id uuid;
alter table access_keys add constraint access_keys_link_fk foreign key (tenant_id, bound_provider_id, user_id)
  references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade;
create index access_keys_link_ix on access_keys (tenant_id, bound_provider_id, user_id) where bound_provider_id is not null;
comment on column access_keys.bound_provider_id is 'As of tokens';
