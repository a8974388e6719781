-- Passwords that are good once, in place of a person's own.
create table temporary_passwords (
  tenant_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint temporary_passwords_pk primary key (tenant_id, user_id),
  constraint temporary_passwords_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint temporary_passwords_hash_ck check (length(token_hash) = 32),
  constraint temporary_passwords_time_ck check (expires_at > created_at)
);
comment on table temporary_passwords is 'Passwords that are good once and for a short time, one a person; gone when they were used';
create index temporary_passwords_over_ix on temporary_passwords (expires_at);
select gatehouse_protect('temporary_passwords');
select gatehouse_open('temporary_passwords', 'gatehouse_system', 'select (expires_at), delete');
