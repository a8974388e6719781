create table accounts (
  tenant_id uuid not null,
  account_id uuid not null,
  asset_id uuid not null,
  name text collate "C" not null,
  kind text not null,
  privileged boolean not null default false,
  secret_version int not null default 0,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint accounts_pk primary key (tenant_id, account_id),
  constraint accounts_name_uq unique (tenant_id, asset_id, name),
  constraint accounts_kind_ck check (kind in ('password', 'ssh-key')),
  constraint accounts_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table accounts is 'Logins on assets';
create index accounts_name_ix on accounts (tenant_id, name, account_id);
select gatehouse_protect('accounts');

create table secrets (
  tenant_id uuid not null,
  account_id uuid not null,
  version int not null,
  tenant_key_id uuid not null,
  sealed bytea not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint secrets_pk primary key (tenant_id, account_id, version),
  constraint secrets_account_fk foreign key (tenant_id, account_id) references accounts (tenant_id, account_id) on delete cascade,
  constraint secrets_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id)
);
comment on table secrets is 'Secrets of accounts with their history: each sealed by a data key of its own, which the tenant key wraps';
create index secrets_key_ix on secrets (tenant_id, tenant_key_id);
select gatehouse_protect('secrets');

-- What other features may read: never a secret.
create view account_directory with (security_invoker = true) as
  select tenant_id, account_id, asset_id, name, kind, privileged, secret_version > 0 as has_secret from accounts;
grant select on account_directory to gatehouse_app;
