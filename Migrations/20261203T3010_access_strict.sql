-- Sessions on such a grant are recorded strictly: no byte is relayed before it is on the disk.
alter table grants add column strict_recording boolean not null default false;
comment on column grants.strict_recording is 'Every byte of a session on it is on the disk before it is relayed';

-- What came of a grant, for those who report on it.
create or replace view grant_uses with (security_invoker = true) as
  select tenant_id, grant_id, created_at, session_id, command_count from sessions where grant_id is not null;
