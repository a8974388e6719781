-- News of a request that come while its card is on the way wait until the vendor has answered, so that nobody gets it twice.
alter table messenger_cards add column leased_until timestamptz;
comment on column messenger_cards.leased_until is 'Until when a pump has it in hand, unless it settles it before';
grant select (leased_until), update (leased_until) on messenger_cards to gatehouse_system;
