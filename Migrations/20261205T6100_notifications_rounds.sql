-- What the members of groups are told, some at a time: a group may have people by the hundred thousand.
create table notice_rounds (
  tenant_id uuid not null,
  event_id uuid not null,
  type text not null,
  groups uuid[] not null,
  texts jsonb not null,
  link text not null,
  told_up_to uuid,
  due_at timestamptz,
  created_at timestamptz not null,
  constraint notice_rounds_pk primary key (tenant_id, event_id),
  constraint notice_rounds_groups_ck check (cardinality(groups) between 1 and 1000)
);
comment on table notice_rounds is 'What the members of groups are told, some at a time, of an event';
comment on column notice_rounds.told_up_to is 'How far the round has come, by the ids of people';
comment on column notice_rounds.due_at is 'From when on somebody has to tell the next; null if all are told';
create index notice_rounds_due_ix on notice_rounds (tenant_id, due_at) where due_at is not null;
create index notice_rounds_age_ix on notice_rounds (created_at) where due_at is null;
select gatehouse_protect('notice_rounds');
select gatehouse_open('notice_rounds', 'gatehouse_system',
  'select (tenant_id, event_id, due_at, created_at), update (due_at), delete');
