create table identity_logout_tokens (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  token_hash bytea not null,
  expires_at timestamptz not null,
  constraint identity_logout_tokens_pk primary key (tenant_id, identity_provider_id, token_hash),
  constraint identity_logout_tokens_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_logout_tokens_hash_ck check (octet_length(token_hash) = 32)
);
comment on table identity_logout_tokens is 'Logout tokens that were taken, for as long as they are good: one that comes twice ends nothing that began after it';
select gatehouse_protect('identity_logout_tokens');
select gatehouse_open('identity_logout_tokens', 'gatehouse_system', 'select (tenant_id, expires_at), delete');
