create table sign_in_addresses (
  tenant_id uuid not null,
  address text collate "C" not null,
  failures int not null,
  counted_since timestamptz not null,
  failed_at timestamptz not null,
  locked_until timestamptz,
  constraint sign_in_addresses_pk primary key (tenant_id, address),
  constraint sign_in_addresses_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint sign_in_addresses_address_ck check (length(address) between 2 and 64),
  constraint sign_in_addresses_failures_ck check (failures > 0)
);
comment on table sign_in_addresses is 'Where sign-ins failed lately, whoever was tried: an IPv4 address, or the /64 of an IPv6 one';
create index sign_in_addresses_locked_ix on sign_in_addresses (tenant_id, locked_until);
create index sign_in_addresses_over_ix on sign_in_addresses (failed_at);
select gatehouse_protect('sign_in_addresses');
select gatehouse_open('sign_in_addresses', 'gatehouse_system', 'select (failed_at), delete');

create table familiar_addresses (
  tenant_id uuid not null,
  user_id uuid not null,
  address text collate "C" not null,
  signed_in_at timestamptz not null,
  failed_attempts int not null default 0,
  locked_until timestamptz,
  constraint familiar_addresses_pk primary key (tenant_id, user_id, address),
  constraint familiar_addresses_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint familiar_addresses_address_ck check (length(address) between 2 and 64),
  constraint familiar_addresses_failures_ck check (failed_attempts >= 0)
);
comment on table familiar_addresses is 'Where people came in from lately, with the failures there: those from elsewhere do not hold them there';
create index familiar_addresses_over_ix on familiar_addresses (signed_in_at);
select gatehouse_protect('familiar_addresses');
select gatehouse_open('familiar_addresses', 'gatehouse_system', 'select (signed_in_at), delete');

create index users_locked_ix on users (tenant_id, locked_until) where locked_until is not null;
