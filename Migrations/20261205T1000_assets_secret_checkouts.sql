-- Secrets that somebody asked for and was given for a while: who may see which, until when, and how it ended.
alter table accounts add column is_exclusive boolean not null default false;
comment on column accounts.is_exclusive is 'Its secret is out with one person at a time';

create table secret_checkouts (
  tenant_id uuid not null,
  checkout_id uuid not null,
  account_id uuid not null,
  user_id uuid not null,
  ticket_id uuid not null,
  number int not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'active',
  ended_because text,
  ended_at timestamptz,
  shown_count int not null default 0,
  last_shown_at timestamptz,
  created_at timestamptz not null,
  constraint secret_checkouts_pk primary key (tenant_id, checkout_id),
  constraint secret_checkouts_ticket_uq unique (tenant_id, ticket_id),
  constraint secret_checkouts_account_fk foreign key (tenant_id, account_id) references accounts (tenant_id, account_id) on delete cascade,
  constraint secret_checkouts_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint secret_checkouts_state_ck check (state in ('active', 'ended')),
  constraint secret_checkouts_window_ck check (ends_at > starts_at),
  constraint secret_checkouts_shown_ck check (shown_count >= 0 and (shown_count > 0) = (last_shown_at is not null)),
  constraint secret_checkouts_end_ck check (
    state = 'active' and ended_because is null and ended_at is null
    or state = 'ended' and ended_because in ('time', 'checked-in', 'revoked', 'holder-gone') and ended_at is not null)
);
comment on table secret_checkouts is 'Secrets of accounts that people were given for a while by a request; never a secret itself';
create index secret_checkouts_created_ix on secret_checkouts (tenant_id, created_at, checkout_id);
create index secret_checkouts_user_ix on secret_checkouts (tenant_id, user_id, created_at, checkout_id);
create index secret_checkouts_account_ix on secret_checkouts (tenant_id, account_id, ends_at);
create index secret_checkouts_ending_ix on secret_checkouts (ends_at) where state = 'active';
select gatehouse_protect('secret_checkouts');
select gatehouse_open('secret_checkouts', 'gatehouse_system', 'select (tenant_id, checkout_id, state, ends_at)');
-- Whoever looks after a part of a company sees those of its accounts.
select gatehouse_confine('secret_checkouts', 'all',
  'exists (select from accounts c where c.tenant_id = secret_checkouts.tenant_id and c.account_id = secret_checkouts.account_id)');
