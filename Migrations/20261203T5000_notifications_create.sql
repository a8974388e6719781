-- Notices: what is told to whom, by which way, in whose words.

-- What whoever writes to people has to know of them.
create view user_contacts with (security_invoker = true) as
  select tenant_id, user_id, org_id, login, name, email, language, state from users;
comment on view user_contacts is 'How people are written to, for other features';
grant select on user_contacts to gatehouse_app;

create table announcements (
  tenant_id uuid not null,
  announcement_id uuid not null,
  title text not null,
  body text not null,
  for_everybody boolean not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  told_up_to uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  version int not null default 1,
  constraint announcements_pk primary key (tenant_id, announcement_id),
  constraint announcements_author_fk foreign key (tenant_id, created_by) references users (tenant_id, user_id),
  constraint announcements_time_ck check (starts_at < ends_at),
  constraint announcements_length_ck check (length(title) between 1 and 120 and length(body) between 1 and 4000)
);
comment on table announcements is 'What administrators tell many people for a while';
comment on column announcements.told_up_to is 'The last person, by id, who was told: whoever joins later has a greater one';
create index announcements_author_ix on announcements (tenant_id, created_by);
create index announcements_time_ix on announcements (ends_at, starts_at);
select gatehouse_protect('announcements');
select gatehouse_open('announcements', 'gatehouse_system', 'select (tenant_id, announcement_id, starts_at, ends_at)');

create table announcement_audience (
  tenant_id uuid not null,
  announcement_id uuid not null,
  announcement_audience_id uuid not null,
  user_id uuid,
  group_id uuid,
  role_id uuid,
  constraint announcement_audience_pk primary key (tenant_id, announcement_id, announcement_audience_id),
  constraint announcement_audience_announcement_fk foreign key (tenant_id, announcement_id)
    references announcements (tenant_id, announcement_id) on delete cascade,
  constraint announcement_audience_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint announcement_audience_group_fk foreign key (tenant_id, group_id) references groups (tenant_id, group_id) on delete cascade,
  constraint announcement_audience_role_fk foreign key (tenant_id, role_id) references roles (tenant_id, role_id) on delete cascade,
  constraint announcement_audience_one_ck check (num_nonnulls(user_id, group_id, role_id) = 1)
);
comment on table announcement_audience is 'Whom an announcement is for that is not for everybody';
create index announcement_audience_user_ix on announcement_audience (tenant_id, user_id) where user_id is not null;
create index announcement_audience_group_ix on announcement_audience (tenant_id, group_id) where group_id is not null;
create index announcement_audience_role_ix on announcement_audience (tenant_id, role_id) where role_id is not null;
select gatehouse_protect('announcement_audience');

create table site_messages (
  tenant_id uuid not null,
  site_message_id uuid not null,
  user_id uuid not null,
  occasion text not null,
  type text not null,
  title text not null,
  body text not null,
  link text not null,
  is_urgent boolean not null,
  announcement_id uuid,
  created_at timestamptz not null,
  ends_at timestamptz,
  read_at timestamptz,
  constraint site_messages_pk primary key (tenant_id, site_message_id),
  constraint site_messages_once_uq unique (tenant_id, user_id, occasion),
  constraint site_messages_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint site_messages_announcement_fk foreign key (tenant_id, announcement_id)
    references announcements (tenant_id, announcement_id) on delete cascade
);
comment on table site_messages is 'What the portal has to tell one person';
comment on column site_messages.occasion is 'What it is about: an event is told to a person once, however often it comes';
create index site_messages_user_ix on site_messages (tenant_id, user_id, created_at);
create index site_messages_unread_ix on site_messages (tenant_id, user_id) where read_at is null;
create index site_messages_announcement_ix on site_messages (tenant_id, announcement_id) where announcement_id is not null;
create index site_messages_age_ix on site_messages (created_at);
select gatehouse_protect('site_messages');
select gatehouse_open('site_messages', 'gatehouse_system', 'select (created_at), delete');

create table notice_deliveries (
  tenant_id uuid not null,
  user_id uuid not null,
  channel text not null,
  occasion text not null,
  type text not null,
  title text not null,
  body text not null,
  link text not null,
  is_digest boolean not null,
  state text not null,
  attempts int not null default 0,
  due_at timestamptz not null,
  created_at timestamptz not null,
  constraint notice_deliveries_pk primary key (tenant_id, user_id, channel, occasion),
  constraint notice_deliveries_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint notice_deliveries_channel_ck check (channel in ('mail', 'messenger', 'sms')),
  constraint notice_deliveries_state_ck check (state in ('waiting', 'sent', 'failed'))
);
comment on table notice_deliveries is 'Notices on their way outside of the portal: each at most once to a person by each way';
create index notice_deliveries_due_ix on notice_deliveries (tenant_id, due_at) where state = 'waiting';
create index notice_deliveries_waiting_ix on notice_deliveries (due_at) where state = 'waiting';
create index notice_deliveries_age_ix on notice_deliveries (created_at) where state <> 'waiting';
select gatehouse_protect('notice_deliveries');
select gatehouse_open('notice_deliveries', 'gatehouse_system', 'select (tenant_id, state, due_at, created_at), delete');

create table notice_preferences (
  tenant_id uuid not null,
  user_id uuid not null,
  quiet_from int,
  quiet_to int,
  time_zone text,
  digest text not null,
  constraint notice_preferences_pk primary key (tenant_id, user_id),
  constraint notice_preferences_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint notice_preferences_quiet_ck check (
    (quiet_from is null) = (quiet_to is null) and quiet_from between 0 and 1439 and quiet_to between 0 and 1439
    and quiet_from <> quiet_to),
  constraint notice_preferences_digest_ck check (digest in ('off', 'hourly', 'daily'))
);
comment on table notice_preferences is 'When a person wants to be written to; minutes of the day in their time zone';
select gatehouse_protect('notice_preferences');

create table notice_subscriptions (
  tenant_id uuid not null,
  user_id uuid not null,
  type text not null,
  channel text not null,
  is_wanted boolean not null,
  constraint notice_subscriptions_pk primary key (tenant_id, user_id, type, channel),
  constraint notice_subscriptions_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint notice_subscriptions_channel_ck check (channel in ('site', 'mail', 'messenger', 'sms'))
);
comment on table notice_subscriptions is 'Where a person has decided otherwise than their company';
select gatehouse_protect('notice_subscriptions');

create table notice_defaults (
  tenant_id uuid not null,
  type text not null,
  channel text not null,
  is_wanted boolean not null,
  constraint notice_defaults_pk primary key (tenant_id, type, channel),
  constraint notice_defaults_channel_ck check (channel in ('site', 'mail', 'messenger', 'sms'))
);
comment on table notice_defaults is 'Where a company has decided otherwise than the product';
select gatehouse_protect('notice_defaults');

create table notice_templates (
  tenant_id uuid not null,
  type text not null,
  channel text not null,
  language text not null,
  title text not null,
  body text not null,
  changed_at timestamptz not null,
  constraint notice_templates_pk primary key (tenant_id, type, channel, language),
  constraint notice_templates_channel_ck check (channel in ('site', 'mail', 'messenger', 'sms')),
  constraint notice_templates_language_ck check (language in ('en', 'zh'))
);
comment on table notice_templates is 'The words of a company for its notices';
select gatehouse_protect('notice_templates');
