-- Channels to messengers, and the cards that ask approvers there.
create table messenger_channels (
  tenant_id uuid not null,
  channel_id uuid not null,
  name text not null,
  vendor text not null,
  settings jsonb not null,
  people text not null,
  identity_provider_id uuid,
  state text not null default 'enabled',
  tenant_key_id uuid not null,
  sealed_secrets bytea not null,
  callback_hash bytea not null,
  resting_until timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint messenger_channels_pk primary key (tenant_id, channel_id),
  constraint messenger_channels_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint messenger_channels_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete set null (identity_provider_id),
  constraint messenger_channels_name_uq unique (tenant_id, name),
  constraint messenger_channels_callback_uq unique (tenant_id, callback_hash),
  constraint messenger_channels_vendor_ck check (vendor in ('feishu', 'lark', 'slack', 'dingtalk', 'wecom', 'teams')),
  constraint messenger_channels_people_ck check (people in ('links', 'email')),
  constraint messenger_channels_state_ck check (state in ('enabled', 'disabled'))
);
comment on table messenger_channels is 'An app at a messenger by which approvers are asked; its secrets and its callback path are sealed together';
comment on column messenger_channels.people is 'How people are known there: by their links at a sign-in provider, or by their mail address';
comment on column messenger_channels.callback_hash is 'What the path of a callback is looked up by';
comment on column messenger_channels.resting_until is 'The vendor asked for a pause: nothing is sent before';
select gatehouse_protect('messenger_channels');
select gatehouse_open('messenger_channels', 'gatehouse_system', 'select (tenant_id, channel_id, state, resting_until)');

create table messenger_people (
  tenant_id uuid not null,
  channel_id uuid not null,
  user_id uuid not null,
  email text not null,
  address text not null,
  found_at timestamptz not null,
  constraint messenger_people_pk primary key (tenant_id, channel_id, user_id),
  constraint messenger_people_channel_fk foreign key (tenant_id, channel_id)
    references messenger_channels (tenant_id, channel_id) on delete cascade,
  constraint messenger_people_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table messenger_people is 'Who has which address at a vendor, found by mail address; good for as long as the mail address is the same';
create index messenger_people_address_ix on messenger_people (tenant_id, channel_id, address);
select gatehouse_protect('messenger_people');

create table messenger_cards (
  tenant_id uuid not null,
  card_id uuid not null,
  channel_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  nonce text not null,
  level int,
  digest text,
  shown bytea,
  address text,
  handle jsonb,
  state text not null default 'open',
  revision int not null default 0,
  due_at timestamptz,
  attempts int not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  updated_at timestamptz,
  constraint messenger_cards_pk primary key (tenant_id, card_id),
  constraint messenger_cards_once_uq unique (tenant_id, ticket_id, channel_id, user_id),
  constraint messenger_cards_nonce_uq unique (tenant_id, nonce),
  constraint messenger_cards_channel_fk foreign key (tenant_id, channel_id)
    references messenger_channels (tenant_id, channel_id) on delete cascade,
  constraint messenger_cards_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint messenger_cards_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint messenger_cards_state_ck check (state in ('open', 'closed', 'dead'))
);
comment on table messenger_cards is 'One request in front of one approver; what it shows is followed until the request is over';
comment on column messenger_cards.nonce is 'What its buttons carry, and nothing else of it';
comment on column messenger_cards.digest is 'Of what it has shown: a click decides about nothing else';
comment on column messenger_cards.shown is 'What was sent last, as a hash: the same is not sent twice';
comment on column messenger_cards.handle is 'By which the vendor updates it; null as long as it was not sent';
comment on column messenger_cards.revision is 'Grows with every news, so that news that comes while it is sent are not lost';
comment on column messenger_cards.due_at is 'When it is looked at next; null if nothing waits';
create index messenger_cards_due_ix on messenger_cards (due_at) where due_at is not null;
create index messenger_cards_channel_ix on messenger_cards (tenant_id, channel_id, created_at);
create index messenger_cards_user_ix on messenger_cards (tenant_id, user_id);
select gatehouse_protect('messenger_cards');
select gatehouse_open('messenger_cards', 'gatehouse_system',
  'select (tenant_id, card_id, channel_id, due_at), update (due_at)');

create table messenger_events (
  tenant_id uuid not null,
  channel_id uuid not null,
  event_hash bytea not null,
  at timestamptz not null,
  constraint messenger_events_pk primary key (tenant_id, channel_id, event_hash),
  constraint messenger_events_channel_fk foreign key (tenant_id, channel_id)
    references messenger_channels (tenant_id, channel_id) on delete cascade
);
comment on table messenger_events is 'Callbacks of the last day, so that none counts twice';
create index messenger_events_at_ix on messenger_events (at);
select gatehouse_protect('messenger_events');
select gatehouse_open('messenger_events', 'gatehouse_system', 'select (tenant_id, channel_id, event_hash, at), delete');
