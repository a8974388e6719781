-- Cards take turns of tenants and channels, plain notices go the same way, and whoever is not reached in time is told otherwise.
alter table messenger_channels
  add column pace text not null default 'quick',
  add constraint messenger_channels_pace_ck check (pace in ('quick', 'slow'));
comment on column messenger_channels.pace is 'Whether its vendor answered quickly the last time: those that do not have places of their own';
grant select (pace) on messenger_channels to gatehouse_system;

alter table messenger_cards
  alter column ticket_id drop not null,
  add column notice jsonb,
  add column occasion text,
  add column fallback_at timestamptz,
  add column told_at timestamptz,
  add constraint messenger_cards_about_ck check ((ticket_id is null) = (notice is not null)),
  add constraint messenger_cards_occasion_ck check ((notice is null) = (occasion is null)),
  add constraint messenger_cards_occasion_uq unique (tenant_id, user_id, occasion);
comment on table messenger_cards is 'One request in front of one approver, whose card is followed until the request is over; or one notice in front of one person';
comment on column messenger_cards.notice is 'Title, text and link of what is no request';
comment on column messenger_cards.occasion is 'What a notice is told for, once';
comment on column messenger_cards.fallback_at is 'When the approver is told another way, unless the vendor has the card by then; null if that is done or of no use';
comment on column messenger_cards.told_at is 'When that was done';

drop index messenger_cards_due_ix;
create index messenger_cards_due_ix on messenger_cards (tenant_id, channel_id, due_at) where due_at is not null;
create index messenger_cards_fallback_ix on messenger_cards (fallback_at) where fallback_at is not null;
create index messenger_cards_notices_ix on messenger_cards (created_at) where ticket_id is null;
grant select (fallback_at) on messenger_cards to gatehouse_system;
grant select (ticket_id, created_at), delete on messenger_cards to gatehouse_system;

-- Links that a provider made by what its directory says count for decisions only where somebody has said so. Until now all did.
alter table messenger_channels add column trusts_directory boolean not null default true;
alter table messenger_channels alter column trusts_directory set default false;
comment on column messenger_channels.trusts_directory is 'Whether links count that the provider made by itself, besides those that people have confirmed with a second factor';
