create table remembered_devices (
  tenant_id uuid not null,
  token_hash bytea not null,
  user_id uuid not null,
  -- What was shown on it.
  factor text not null,
  client_address text,
  user_agent text,
  remembered_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz not null,
  constraint remembered_devices_pk primary key (tenant_id, token_hash),
  constraint remembered_devices_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint remembered_devices_token_ck check (octet_length(token_hash) = 32),
  constraint remembered_devices_factor_ck check (factor in ('authenticator', 'passkey', 'email'))
);
comment on table remembered_devices is 'Browsers in which somebody showed a second factor and is not asked again for some days, by the hash of a cookie';
create index remembered_devices_user_ix on remembered_devices (tenant_id, user_id, remembered_at);
create index remembered_devices_expiry_ix on remembered_devices (expires_at);
select gatehouse_protect('remembered_devices');
select gatehouse_open('remembered_devices', 'gatehouse_system', 'select (expires_at), delete');

-- Which one stood for the second factor of a browser: the browser is in for as long as that does.
alter table web_sessions add column device_hash bytea;
alter table web_sessions drop constraint web_sessions_exempt_ck;
alter table web_sessions add constraint web_sessions_exempt_ck
  check (exempt_after is null or exempt_after in ('password', 'provider', 'password-on-device', 'provider-on-device'));
alter table web_sessions add constraint web_sessions_device_ck
  check ((device_hash is not null) = coalesce(exempt_after like '%-on-device', false));
