-- Webhooks: an old secret that signs beside the new one for a while, the part of the tenant that an endpoint belongs to,
-- how it fares, and what was answered to each attempt.
alter table webhooks
  add column org_id uuid,
  add column old_tenant_key_id uuid,
  add column old_sealed_secret bytea,
  add column old_until timestamptz,
  add column pace text not null default 'quick',
  add column failures int not null default 0,
  add column failing_since timestamptz,
  add column resting_until timestamptz,
  add column disabled_because text,
  add constraint webhooks_org_fk foreign key (tenant_id, org_id) references organizations (tenant_id, org_id),
  add constraint webhooks_pace_ck check (pace in ('quick', 'slow')),
  add constraint webhooks_disabled_ck check (disabled_because in ('gone', 'failing')),
  add constraint webhooks_old_ck check (
    (old_sealed_secret is null) = (old_until is null) and (old_tenant_key_id is null) = (old_until is null));
comment on column webhooks.org_id is 'Whose events it receives, with everything below; null for those of the whole tenant';
comment on column webhooks.old_until is 'Until when the secret that was replaced signs beside the new one';
comment on column webhooks.pace is 'Endpoints that fail or answer slowly have places of their own, so that they delay nobody';
comment on column webhooks.resting_until is 'Nothing is sent there before: it fails, or asked for a pause';
comment on column webhooks.disabled_because is 'Why it was disabled by itself; null if a person did it';
create index webhooks_org_ix on webhooks (tenant_id, org_id) where org_id is not null;
select gatehouse_open('webhooks', 'gatehouse_system',
  'select (tenant_id, webhook_id, state, pace, resting_until, old_until), update (old_tenant_key_id, old_sealed_secret, old_until)');

alter table webhook_deliveries add column tried int not null default 0;
-- The owner is held by row-level security too.
alter table webhook_deliveries no force row level security;
update webhook_deliveries set tried = attempts where attempts > 0;
update webhook_deliveries set sealed_private = null, tenant_key_id = null where state = 'delivered' and sealed_private is not null;
alter table webhook_deliveries force row level security;
comment on column webhook_deliveries.attempts is 'Attempts since it was made or last sent again: they decide the next pause';
comment on column webhook_deliveries.tried is 'All attempts';
create index webhook_deliveries_due_ix on webhook_deliveries (tenant_id, webhook_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_finished_ix on webhook_deliveries (finished_at) where state <> 'pending';
create index webhook_deliveries_webhook_ix on webhook_deliveries (tenant_id, webhook_id, created_at);
select gatehouse_open('webhook_deliveries', 'gatehouse_system',
  'select (tenant_id, delivery_id, webhook_id, state, next_attempt_at, finished_at),'
  ' update (state, next_attempt_at, last_error, finished_at), delete');

create table webhook_attempts (
  tenant_id uuid not null,
  delivery_id uuid not null,
  number int not null,
  at timestamptz not null,
  duration_ms int not null,
  status int,
  error text,
  answer text,
  constraint webhook_attempts_pk primary key (tenant_id, delivery_id, number),
  constraint webhook_attempts_delivery_fk foreign key (tenant_id, delivery_id)
    references webhook_deliveries (tenant_id, delivery_id) on delete cascade
);
comment on table webhook_attempts is 'Each attempt at a delivery, with the first bytes of the answer, which is hostile text';
select gatehouse_protect('webhook_attempts');

-- Where an event belongs is known when it happens: later the thing may be gone. Asked only where an endpoint wants to know.
alter table events add column org_id uuid;
comment on column events.org_id is 'The organization of the subject, for webhooks that belong to one';
create function events_settle() returns trigger language plpgsql as $$
declare
  thing text := new.subject;
begin
  if not exists (select from webhooks where tenant_id = new.tenant_id and org_id is not null) then
    return new;
  end if;
  for attempt in 1..2 loop
    case substr(thing, 1, 4)
      when 'usr_' then
        select org_id into new.org_id from users where tenant_id = new.tenant_id and user_id = gatehouse_uuid(thing);
      when 'grp_' then
        select org_id into new.org_id from groups where tenant_id = new.tenant_id and group_id = gatehouse_uuid(thing);
      when 'nod_' then
        select org_id into new.org_id from nodes where tenant_id = new.tenant_id and node_id = gatehouse_uuid(thing);
      when 'ast_' then
        select org_id into new.org_id from assets where tenant_id = new.tenant_id and asset_id = gatehouse_uuid(thing);
      when 'acc_' then
        select a.org_id into new.org_id from accounts c join assets a on a.tenant_id = c.tenant_id and a.asset_id = c.asset_id
        where c.tenant_id = new.tenant_id and c.account_id = gatehouse_uuid(thing);
      when 'grt_' then
        select org_id into new.org_id from grants where tenant_id = new.tenant_id and grant_id = gatehouse_uuid(thing);
      when 'tkt_' then
        select org_id into new.org_id from tickets where tenant_id = new.tenant_id and ticket_id = gatehouse_uuid(thing);
      when 'ses_' then
        select org_id into new.org_id from sessions where tenant_id = new.tenant_id and session_id = gatehouse_uuid(thing);
      when 'org_' then
        select org_id into new.org_id from organizations where tenant_id = new.tenant_id and org_id = gatehouse_uuid(thing);
      else null;
    end case;
    exit when new.org_id is not null;
    -- What is about no thing of an organization may be about a person: a sign-in that waits.
    thing := coalesce(new.data ->> 'user', '');
  end loop;
  return new;
end
$$;
create trigger events_settle before insert on events for each row execute function events_settle();

create or replace function gatehouse_merge_organizations(tenant uuid, source uuid, target uuid) returns void
language plpgsql as $$
declare
  name text;
begin
  foreach name in array array['users', 'groups', 'nodes', 'assets', 'grants', 'tickets', 'sessions', 'webhooks'] loop
    execute format('update %I set org_id = $1 where tenant_id = $2 and org_id = $3', name) using target, tenant, source;
  end loop;
  insert into role_bindings (tenant_id, role_id, user_id, org_id)
  select b.tenant_id, b.role_id, b.user_id, target
  from role_bindings b
  join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id and r.built_in = 'user'
  where b.tenant_id = tenant and b.org_id = source
  on conflict on constraint role_bindings_pk do nothing;
  delete from role_bindings b where b.tenant_id = tenant and b.org_id = source;
end
$$;
