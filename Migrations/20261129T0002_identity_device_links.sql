create table device_links (
  tenant_id uuid not null,
  admission_id uuid not null,
  token_hash bytea not null,
  code text not null,
  login text collate "C" not null,
  client_address text not null,
  looks int not null default 0,
  user_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint device_links_pk primary key (tenant_id, admission_id),
  constraint device_links_token_uq unique (tenant_id, token_hash),
  constraint device_links_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint device_links_token_ck check (octet_length(token_hash) = 32),
  constraint device_links_code_ck check (code ~ '^[A-Z]{4}-[A-Z]{4}$'),
  constraint device_links_login_ck check (length(login) between 1 and 64),
  constraint device_links_address_ck check (length(client_address) between 1 and 64),
  constraint device_links_looks_ck check (looks between 0 and 1000)
);
comment on table device_links is 'Somebody at a gateway who signs in with a browser: the admission that waits, and the person who confirmed it';
create index device_links_expiry_ix on device_links (tenant_id, expires_at);
create index device_links_user_ix on device_links (tenant_id, user_id);
select gatehouse_protect('device_links');
select gatehouse_open('device_links', 'gatehouse_system', 'select (tenant_id, expires_at), delete');

-- Somebody at a gateway goes on with a browser; and whoever waits for somebody's word has proven who they are in one of
-- these ways.
alter table admissions drop constraint admissions_stage_ck;
alter table admissions add constraint admissions_stage_ck
  check (stage in ('answers', 'challenge', 'code', 'browser', 'waiting', 'admitted', 'refused'));
alter table admissions add column way text;
alter table admissions add constraint admissions_way_ck
  check (way is null or (stage = 'waiting' and way in ('password', 'public-key', 'public-key-and-code', 'browser')));
