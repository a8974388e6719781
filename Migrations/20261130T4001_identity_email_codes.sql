create table email_factors (
  tenant_id uuid not null,
  user_id uuid not null,
  address text not null,
  confirmed_at timestamptz not null,
  constraint email_factors_pk primary key (tenant_id, user_id),
  constraint email_factors_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint email_factors_address_ck check (length(address) between 3 and 254)
);
comment on table email_factors is 'People who confirm with codes by e-mail: the address at which they have shown that they get them';
select gatehouse_protect('email_factors');

create table email_codes (
  tenant_id uuid not null,
  user_id uuid not null,
  address text not null,
  sealed_code bytea not null,
  tries int not null default 0,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  constraint email_codes_pk primary key (tenant_id, user_id),
  constraint email_codes_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint email_codes_address_ck check (length(address) between 3 and 254),
  constraint email_codes_tries_ck check (tries between 0 and 5)
);
comment on table email_codes is 'The code that somebody was sent last: sealed, for a few minutes, and gone with its first use';
create index email_codes_expiry_ix on email_codes (expires_at);
select gatehouse_protect('email_codes');
select gatehouse_open('email_codes', 'gatehouse_system', 'select (expires_at), delete');

-- By what the second factor was shown: not everything counts everywhere.
alter table sign_ins add column second_factor_by text;
alter table sign_ins add constraint sign_ins_second_factor_ck
  check (second_factor_by is null
    or (second_factor_at is not null
      and second_factor_by in ('authenticator', 'passkey', 'email', 'recovery', 'provider')));

-- A code is asked for after a key, and after a password once it was mailed.
alter table admissions drop constraint admissions_way_ck;
alter table admissions add constraint admissions_way_ck
  check (way is null
    or (stage = 'waiting' and way in ('password', 'public-key', 'public-key-and-code', 'browser'))
    or (stage = 'code' and way = 'password'));
