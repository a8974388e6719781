-- Whoever may not come in any more is not written to.
create or replace view user_contacts with (security_invoker = true) as
  select tenant_id, user_id, org_id, login, name, email, language, state, expires_at from users;

-- Announcements that have something to do are found at once, however many there are that run; those of the hosting provider
-- stand with each company that they are for.
alter table announcements
  add column due_at timestamptz,
  add column is_deleted boolean not null default false,
  add column for_administrators boolean not null default false,
  add column provider_announcement_id uuid,
  add column provider_version int,
  alter column created_by drop not null,
  add constraint announcements_provider_ck check ((provider_announcement_id is null) = (provider_version is null)),
  add constraint announcements_source_ck check (created_by is not null or provider_announcement_id is not null),
  add constraint announcements_provider_uq unique (tenant_id, provider_announcement_id);
comment on column announcements.due_at is 'From when on somebody has to look at whom to tell it; null if there is nothing to do';
comment on column announcements.is_deleted is 'It is taken back from whoever has it, and then it goes';
comment on column announcements.told_up_to is 'How far the round has come that is under way, by the ids of people';
comment on column announcements.provider_announcement_id is 'The announcement of the hosting provider that this is, for this company';
drop index announcements_time_ix;
create index announcements_due_ix on announcements (due_at) where due_at is not null;
create index announcements_provider_ix on announcements (provider_announcement_id) where provider_announcement_id is not null;
-- The owner is held by row-level security too.
alter table announcements no force row level security;
update announcements set due_at = starts_at, told_up_to = null where ends_at > now();
alter table announcements force row level security;
grant select (due_at, is_deleted, version, provider_announcement_id, provider_version), insert, update on announcements to gatehouse_system;

create table provider_announcements (
  provider_announcement_id uuid not null,
  title text not null,
  body text not null,
  tenants uuid[] not null,
  for_administrators boolean not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  is_deleted boolean not null default false,
  created_by uuid not null,
  created_at timestamptz not null,
  version int not null default 1,
  constraint provider_announcements_pk primary key (provider_announcement_id),
  constraint provider_announcements_time_ck check (starts_at < ends_at),
  constraint provider_announcements_length_ck check (length(title) between 1 and 120 and length(body) between 1 and 4000),
  constraint provider_announcements_tenants_ck check (cardinality(tenants) <= 1000)
);
comment on table provider_announcements is 'What the hosting provider tells the people of its tenants for a while';
comment on column provider_announcements.tenants is 'For whom it is; all tenants if it is empty';
alter table provider_announcements enable row level security;
alter table provider_announcements force row level security;
create policy provider_all on provider_announcements to gatehouse_provider using (true) with check (true);
grant select, insert, update, delete on provider_announcements to gatehouse_provider;
select gatehouse_open('provider_announcements', 'gatehouse_system', 'select, delete');

-- Trimming looks at those whose people got something of late.
grant select (tenant_id, user_id, site_message_id, announcement_id, ends_at) on site_messages to gatehouse_system;
