-- Requests of several kinds, with levels that have a quorum, a deadline, a reminder and an escalation of their own.
alter table tickets
  add column kind text not null default 'access',
  add column content jsonb not null default '{}',
  add column flow_name text not null default '',
  add column because text[] not null default '{}',
  add column risk text not null default 'low',
  add column is_parallel boolean not null default false,
  add column unused_after int,
  add column due_at timestamptz,
  drop constraint tickets_level_ck,
  add constraint tickets_level_ck check (level between 1 and greatest(levels, 1) and levels between 0 and 5),
  add constraint tickets_kind_ck check (kind ~ '^[a-z][a-z-]{0,39}$'),
  add constraint tickets_risk_ck check (risk in ('low', 'medium', 'high')),
  add constraint tickets_content_ck check (jsonb_typeof(content) = 'object');
comment on column tickets.content is 'What the kind has besides what every request has';
comment on column tickets.because is 'Why the flow was chosen';
comment on column tickets.due_at is 'When time moves it next: a reminder, an escalation or a deadline';
comment on column tickets.unused_after is 'A grant that nobody has used for so many seconds ends early';

create table ticket_levels (
  tenant_id uuid not null,
  ticket_id uuid not null,
  level int not null,
  name text not null,
  quorum int not null default 1,
  webhook_id uuid,
  deadline_seconds int not null,
  reminder_seconds int,
  lapse text not null default 'expired',
  escalation_seconds int,
  needs_passkey boolean not null default false,
  opened_at timestamptz,
  reminded_at timestamptz,
  escalated_at timestamptz,
  passed_at timestamptz,
  constraint ticket_levels_pk primary key (tenant_id, ticket_id, level),
  constraint ticket_levels_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_levels_webhook_fk foreign key (tenant_id, webhook_id) references webhooks (tenant_id, webhook_id) on delete set null (webhook_id),
  constraint ticket_levels_level_ck check (level between 1 and 5),
  constraint ticket_levels_quorum_ck check (quorum between 1 and 1000),
  constraint ticket_levels_lapse_ck check (lapse in ('expired', 'rejected'))
);
comment on table ticket_levels is 'The levels of a request as they were planned when it was opened, and how far they have come';
select gatehouse_protect('ticket_levels');

alter table ticket_approvers
  add column reason text not null default 'named',
  add column detail text not null default '',
  add column from_escalation boolean not null default false;
comment on column ticket_approvers.from_escalation is 'Counts from the level''s escalation on';

-- A person gives one answer in a whole request. Before this was held, somebody could answer two levels at once: a refusal
-- stays, or else the first answer; a level that is left without one waits for somebody else. (The owner is held by row-level
-- security too.)
alter table ticket_decisions no force row level security;
delete from ticket_decisions d using ticket_decisions e
where e.tenant_id = d.tenant_id and e.ticket_id = d.ticket_id and e.user_id = d.user_id and e.decision_id <> d.decision_id
  and (e.outcome <> 'rejected', e.level, e.decision_id) < (d.outcome <> 'rejected', d.level, d.decision_id);
alter table ticket_decisions force row level security;

alter table ticket_decisions
  drop constraint ticket_decisions_level_uq,
  drop constraint ticket_decisions_channel_ck,
  add column on_behalf_of uuid,
  add column seat_id uuid generated always as (coalesce(on_behalf_of, user_id)) stored,
  add column changes jsonb,
  add column proof jsonb,
  add constraint ticket_decisions_user_uq unique (tenant_id, ticket_id, user_id),
  add constraint ticket_decisions_seat_uq unique (tenant_id, ticket_id, seat_id),
  add constraint ticket_decisions_channel_ck check (channel in (
    'portal', 'api', 'webhook', 'mail', 'feishu', 'lark', 'dingtalk', 'wecom', 'slack', 'teams', 'ssh', 'cli')),
  add constraint ticket_decisions_behalf_fk foreign key (tenant_id, on_behalf_of) references users (tenant_id, user_id);
comment on table ticket_decisions is 'Answers; a person gives one in a whole request, and a seat has one';
comment on column ticket_decisions.changes is 'What the approver took away: before and after';
comment on column ticket_decisions.proof is 'What the approver''s passkey said about the digest';

create table ticket_copies (
  tenant_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  constraint ticket_copies_pk primary key (tenant_id, ticket_id, user_id),
  constraint ticket_copies_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_copies_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table ticket_copies is 'Who is told about a request and does not decide it';
create index ticket_copies_user_ix on ticket_copies (tenant_id, user_id, ticket_id);
select gatehouse_protect('ticket_copies');

create table delegations (
  tenant_id uuid not null,
  delegation_id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  note text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint delegations_pk primary key (tenant_id, delegation_id),
  constraint delegations_from_fk foreign key (tenant_id, from_id) references users (tenant_id, user_id) on delete cascade,
  constraint delegations_to_fk foreign key (tenant_id, to_id) references users (tenant_id, user_id) on delete cascade,
  constraint delegations_self_ck check (from_id <> to_id),
  constraint delegations_time_ck check (ends_at > starts_at)
);
comment on table delegations is 'Who answers requests in whose seat while they are away';
create index delegations_to_ix on delegations (tenant_id, to_id, ends_at) where ended_at is null;
create index delegations_from_ix on delegations (tenant_id, from_id, created_at);
select gatehouse_protect('delegations');

-- Which accounts may be of one person: those with one address, as it was given or shown to be theirs.
create view user_addresses with (security_invoker = true) as
  select tenant_id, user_id, lower(email) as address from users where email <> ''
  union
  select tenant_id, user_id, lower(address) from code_factors where channel = 'email';
grant select on user_addresses to gatehouse_app;

-- What waits goes on as it was. The owner is held by row-level security too, so it does not hold while rows are moved.
alter table tickets no force row level security;
alter table flows no force row level security;
alter table flow_levels no force row level security;
alter table ticket_decisions no force row level security;
alter table ticket_levels no force row level security;
update tickets t set flow_name = coalesce((
    select f.name from flows f where f.tenant_id = t.tenant_id and f.flow_id = t.flow_id), ''),
  due_at = case when t.state = 'open' then t.deadline end,
  level = case when t.state = 'open' then coalesce((
    select min(s.level) from generate_series(1, t.levels) as s (level) where not exists (
      select from ticket_decisions d where d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id and d.level = s.level)),
    t.level) else t.level end;
insert into ticket_levels (tenant_id, ticket_id, level, name, webhook_id, deadline_seconds, opened_at, passed_at)
select t.tenant_id, t.ticket_id, s.level, coalesce(l.name, 'Level ' || s.level), l.webhook_id,
  greatest(1, ceil(extract(epoch from t.deadline - coalesce(b.decided_at, t.created_at))))::int,
  case when s.level = 1 then t.created_at when s.level <= t.level then b.decided_at end,
  coalesce(d.decided_at, case when t.state = 'approved' then t.decided_at end)
from tickets t
cross join lateral generate_series(1, t.levels) as s (level)
left join flow_levels l on l.tenant_id = t.tenant_id and l.flow_id = t.flow_id and l.level = s.level
left join ticket_decisions b on b.tenant_id = t.tenant_id and b.ticket_id = t.ticket_id and b.level = s.level - 1
left join ticket_decisions d on d.tenant_id = t.tenant_id and d.ticket_id = t.ticket_id and d.level = s.level
  and d.outcome = 'approved';
alter table ticket_levels force row level security;
alter table ticket_decisions force row level security;
alter table flow_levels force row level security;
alter table flows force row level security;
alter table tickets force row level security;

drop index tickets_deadline_ix;
create index tickets_due_ix on tickets (due_at) where state = 'open';
grant select (due_at) on tickets to gatehouse_system;
