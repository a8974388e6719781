-- What is said in a room belongs to nobody in it: it goes there although the person on whom it hung is disabled or deleted
-- while it waits. It names nobody any more, neither on its way out nor at the messenger.
alter table notice_deliveries
  add column delivery_id uuid not null default gen_random_uuid(),
  drop constraint notice_deliveries_pk,
  add constraint notice_deliveries_pk primary key (tenant_id, delivery_id),
  alter column user_id drop not null,
  add constraint notice_deliveries_person_uq unique (tenant_id, user_id, channel, occasion),
  add constraint notice_deliveries_user_ck check (user_id is not null or channel = 'teams');
comment on table notice_deliveries is 'Notices on their way outside of the portal: each at most once to a person by each way, and to each room';
comment on column notice_deliveries.user_id is 'Whom it is for; null for a room';
alter table messenger_cards
  alter column user_id drop not null,
  add constraint messenger_cards_user_ck check (user_id is not null or ticket_id is null);
comment on column messenger_cards.user_id is 'Whose it is; null for a notice in a room';
create unique index messenger_cards_room_uq on messenger_cards (tenant_id, channel_id, occasion) where user_id is null;
