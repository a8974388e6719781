-- Which version of a secret somebody was shown, so that it can be said what is known to people whose time with it is over;
-- and when whoever has one is told of its end.
alter table secret_checkouts
  add column shown_version int,
  add column remind_at timestamptz,
  add constraint secret_checkouts_version_ck check (shown_version is null or (shown_version > 0 and shown_count > 0));
comment on column secret_checkouts.shown_version is 'The version of the secret that its holder has seen last';
comment on column secret_checkouts.remind_at is 'When its holder is told of its end the next time';
create index secret_checkouts_known_ix on secret_checkouts (tenant_id, account_id, shown_version) where shown_version is not null;
create index secret_checkouts_remind_ix on secret_checkouts (remind_at) where state = 'active' and remind_at is not null;
grant select (remind_at) on secret_checkouts to gatehouse_system;
