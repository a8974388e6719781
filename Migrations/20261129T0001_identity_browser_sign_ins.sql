create table browser_sign_ins (
  tenant_id uuid not null,
  state_hash bytea not null,
  browser_hash bytea not null,
  identity_provider_id uuid not null,
  tester_id uuid,
  return_path text,
  expires_at timestamptz not null,
  constraint browser_sign_ins_pk primary key (tenant_id, state_hash),
  constraint browser_sign_ins_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint browser_sign_ins_tester_fk foreign key (tenant_id, tester_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint browser_sign_ins_hashes_ck check (octet_length(state_hash) = 32 and octet_length(browser_hash) = 32),
  constraint browser_sign_ins_path_ck check (return_path is null or return_path ~ '^/([^/]|$)' and length(return_path) <= 500)
);
comment on table browser_sign_ins is 'Sign-ins that are at an identity provider: each comes back once, with the browser that left; a tester tries the provider out and is not signed in';
create index browser_sign_ins_expiry_ix on browser_sign_ins (tenant_id, expires_at);
create index browser_sign_ins_provider_ix on browser_sign_ins (tenant_id, identity_provider_id);
create index browser_sign_ins_tester_ix on browser_sign_ins (tenant_id, tester_id);
select gatehouse_protect('browser_sign_ins');
select gatehouse_open('browser_sign_ins', 'gatehouse_system', 'select (tenant_id, expires_at), delete');
