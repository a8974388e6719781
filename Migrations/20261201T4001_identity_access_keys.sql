-- Keys with which programs sign their requests (RFC 9421).
create table access_keys (
  tenant_id uuid not null,
  access_key_id uuid not null,
  user_id uuid not null,
  name text not null,
  algorithm text not null,
  -- What both know of hmac-sha256, sealed; of ed25519 only the public half is here.
  tenant_key_id uuid,
  sealed bytea,
  public_key bytea,
  -- Addresses, networks and ranges, as they were written; none means from anywhere.
  sources text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  disabled_at timestamptz,
  last_used_at timestamptz,
  last_used_from text,
  -- When the person who made it had last shown a second factor.
  second_factor_at timestamptz,
  -- When the trail last told that it was refused.
  refused_at timestamptz,
  constraint access_keys_pk primary key (tenant_id, access_key_id),
  constraint access_keys_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint access_keys_name_ck check (length(name) between 1 and 100),
  constraint access_keys_material_ck check (case algorithm
    when 'hmac-sha256' then sealed is not null and tenant_key_id is not null and public_key is null
    when 'ed25519' then sealed is null and tenant_key_id is null and octet_length(public_key) = 32
    else false end),
  constraint access_keys_sources_ck check (cardinality(sources) <= 50),
  constraint access_keys_time_ck check (expires_at > created_at)
);
comment on table access_keys is 'Keys with which programs sign requests as a person';
create index access_keys_user_ix on access_keys (tenant_id, user_id);
select gatehouse_protect('access_keys');

create table access_key_nonces (
  tenant_id uuid not null,
  access_key_id uuid not null,
  nonce_hash bytea not null,
  expires_at timestamptz not null,
  constraint access_key_nonces_pk primary key (tenant_id, access_key_id, nonce_hash),
  constraint access_key_nonces_key_fk foreign key (tenant_id, access_key_id)
    references access_keys (tenant_id, access_key_id) on delete cascade,
  constraint access_key_nonces_hash_ck check (octet_length(nonce_hash) = 32)
);
comment on table access_key_nonces is 'What signed requests have used up, for as long as their time would count';
create index access_key_nonces_expiry_ix on access_key_nonces (expires_at);
select gatehouse_protect('access_key_nonces');
select gatehouse_open('access_key_nonces', 'gatehouse_system', 'select (expires_at), delete');
