-- A browser that somebody else signed out is told why when it asks again.
alter table web_sessions add column ended_because text;
alter table web_sessions add constraint web_sessions_ended_ck
  check (ended_because in ('elsewhere', 'administrator') and (ended_because is null) = (revoked_at is null));
create index web_sessions_seen_ix on web_sessions (tenant_id, last_seen_at);
