-- From which places people came in: another city is news to them.
create table familiar_places (
  tenant_id uuid not null,
  user_id uuid not null,
  -- Country and number of the city, or names where it has none.
  place_key text not null,
  country text not null,
  city_id bigint,
  folded_name text not null,
  signed_in_at timestamptz not null,
  constraint familiar_places_pk primary key (tenant_id, user_id, place_key),
  constraint familiar_places_user_fk foreign key (tenant_id, user_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint familiar_places_country_ck check (country ~ '^[A-Z]{2}$'),
  constraint familiar_places_key_ck check (length(place_key) <= 700),
  constraint familiar_places_name_ck check (length(folded_name) <= 600)
);
comment on table familiar_places is 'From which countries and cities people came in within a year';
create index familiar_places_over_ix on familiar_places (signed_in_at);
select gatehouse_protect('familiar_places');
select gatehouse_open('familiar_places', 'gatehouse_system', 'select (signed_in_at), delete');

-- Where a browser was when its person signed in, as the geolocation database had it then.
alter table web_sessions add column place jsonb;
comment on column web_sessions.place is 'Country, region and city of the address when the person signed in; null if unknown';
