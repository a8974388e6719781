-- What the roll-up has seen, and what background work may measure.

create table usage_marks (
  name text not null,
  -- Events that came in before this are in the roll-ups.
  received_through timestamptz not null,
  -- Hours that end before this are in the roll-ups; later ones are read from the events.
  hours_through timestamptz not null,
  constraint usage_marks_pk primary key (name)
);
comment on table usage_marks is 'How far the roll-ups of usage have come';
insert into usage_marks (name, received_through, hours_through)
values ('hourly', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z');
alter table usage_marks enable row level security;
alter table usage_marks force row level security;
create policy system_all on usage_marks to gatehouse_system using (true) with check (true);
grant select, update on usage_marks to gatehouse_system;

-- Events lie in the order in which they came, which is nearly that of their times: a few pages tell what is new.
create index usage_events_time_ix on usage_events using brin (at, received_at) with (autosummarize = on, pages_per_range = 32);
grant insert on usage_events to gatehouse_system;

-- Secrets that are stored, to be counted by day.
select gatehouse_open('accounts', 'gatehouse_system', 'select (tenant_id, account_id, secret_version)');
create view stored_secrets with (security_invoker = true) as
  select tenant_id, account_id from accounts where secret_version > 0;
grant select on stored_secrets to gatehouse_system;
