-- Links by which another system of the company's sends somebody to a sign-in, once.
create table sign_in_links (
  tenant_id uuid not null,
  sign_in_link_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  -- Where in the portal the person lands.
  landing text,
  -- As whom the other system asked, and by what it proved that.
  created_by uuid not null,
  created_by_name text not null,
  through text not null,
  -- Which token or key that was: what is taken back takes its links along.
  api_token_id uuid,
  access_key_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_from text,
  revoked_at timestamptz,
  constraint sign_in_links_pk primary key (tenant_id, sign_in_link_id),
  constraint sign_in_links_token_uq unique (tenant_id, token_hash),
  constraint sign_in_links_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint sign_in_links_token_ck check (octet_length(token_hash) = 32),
  constraint sign_in_links_landing_ck check (length(landing) between 1 and 500),
  constraint sign_in_links_through_ck check (through in ('access-key', 'token', 'browser')),
  constraint sign_in_links_proof_ck check (
    (through = 'token') = (api_token_id is not null) and (through = 'access-key') = (access_key_id is not null)),
  constraint sign_in_links_time_ck check (expires_at > created_at and expires_at <= created_at + interval '15 minutes'),
  constraint sign_in_links_end_ck check (used_at is null or revoked_at is null)
);
comment on table sign_in_links is 'Links that lead one person to a sign-in once, by the hash of what they carry; kept for a month to be looked at';
create index sign_in_links_user_ix on sign_in_links (tenant_id, user_id);
create index sign_in_links_expiry_ix on sign_in_links (expires_at);
select gatehouse_protect('sign_in_links');
select gatehouse_open('sign_in_links', 'gatehouse_system', 'select (expires_at), delete');

-- Whether a link was the first step: such a sign-in sets up nothing that the person has not.
alter table sign_ins
  add column by_link boolean not null default false,
  add constraint sign_ins_link_ck check (not by_link or by_key and stage in ('second-factor', 'review'));
