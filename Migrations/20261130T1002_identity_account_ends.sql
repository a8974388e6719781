-- Accounts that are good until a day, and the browsers that people come with.
alter table users add column expires_at timestamptz;
alter table users add column expiry_told_at timestamptz;
comment on column users.expires_at is 'From when on nobody comes in; the account is disabled then';
comment on column users.expiry_told_at is 'When the person and the administrators were told that the account ends';
create index users_expiring_ix on users (expires_at) where state = 'active' and expires_at is not null;
select gatehouse_open('users', 'gatehouse_system', 'select (tenant_id, user_id, state, expires_at, expiry_told_at)');

create table familiar_browsers (
  tenant_id uuid not null,
  user_id uuid not null,
  agent_hash bytea not null,
  signed_in_at timestamptz not null,
  constraint familiar_browsers_pk primary key (tenant_id, user_id, agent_hash),
  constraint familiar_browsers_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint familiar_browsers_hash_ck check (length(agent_hash) = 32)
);
comment on table familiar_browsers is 'With which kinds of browsers people came in lately, by a hash of the name without its numbers';
create index familiar_browsers_over_ix on familiar_browsers (signed_in_at);
select gatehouse_protect('familiar_browsers');
select gatehouse_open('familiar_browsers', 'gatehouse_system', 'select (signed_in_at), delete');
