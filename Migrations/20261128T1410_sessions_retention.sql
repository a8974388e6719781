-- A recording whose time is up loses its contents and its key; that there was one stays known.
alter table recordings alter column tenant_key_id drop not null;
alter table recordings alter column wrapped_key drop not null;
alter table recordings drop constraint recordings_state_ck;
alter table recordings add constraint recordings_state_ck
  check (state in ('open', 'uploaded', 'complete', 'incomplete', 'absent', 'expired'));
alter table recordings add constraint recordings_expired_ck
  check ((state = 'expired') = (tenant_key_id is null) and (state = 'expired') = (wrapped_key is null));
create index recordings_age_ix on recordings (tenant_id, started_at) where state in ('complete', 'incomplete', 'absent');
create index recordings_tenant_key_ix on recordings (tenant_id, tenant_key_id);

-- Retention of the trail: the system may remove lines, never young ones and never by choice of what they say.
create policy gatehouse_system_expiry on audit_events for delete to gatehouse_system
  using (at < now() - interval '90 days');
create policy gatehouse_system_age on audit_events for select to gatehouse_system using (true);
grant select (tenant_id, at, audit_event_id), delete on audit_events to gatehouse_system;
