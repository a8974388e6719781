-- The life of a grant: it may end before its time because it was handed back or because nobody used it, and people hear
-- of its end before it comes.
alter table grants
  add column ended_at timestamptz,
  add column ended_because text,
  add column unused_after int,
  add column unused_at timestamptz,
  add column remind_at timestamptz,
  add constraint grants_ended_ck check (ended_because in ('time', 'handed-back', 'unused')),
  add constraint grants_ended_state_ck check (ended_because is null or state = 'ended'),
  add constraint grants_unused_ck check (unused_after > 0);
comment on column grants.ended_because is 'Why it ended, for what has ended since this is written down';
comment on column grants.unused_after is 'Seconds after its start within which somebody has to use it, or it ends';
comment on column grants.unused_at is 'When it is looked at whether somebody has used it; null once that is settled';
comment on column grants.remind_at is 'When its person is told of its end the next time';
create index grants_unused_ix on grants (unused_at) where state = 'active' and unused_at is not null;
create index grants_remind_ix on grants (remind_at) where state = 'active' and remind_at is not null;
grant select (unused_at, remind_at) on grants to gatehouse_system;

-- Whether somebody has used a grant, for those who know nothing else of sessions.
create index sessions_grant_ix on sessions (tenant_id, grant_id);
create view grant_uses with (security_invoker = true) as
  select tenant_id, grant_id, created_at from sessions where grant_id is not null;
grant select on grant_uses to gatehouse_app;
