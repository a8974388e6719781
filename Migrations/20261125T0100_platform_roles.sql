-- Database roles. The application signs in as gatehouse_app, which owns nothing and never bypasses row-level security.
-- It may become gatehouse_provider or gatehouse_system for one statement at a time; it does not inherit what they may do.
do $$
begin
  if not exists (select from pg_roles where rolname = 'gatehouse_app') then
    create role gatehouse_app login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'gatehouse_provider') then
    create role gatehouse_provider nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'gatehouse_system') then
    create role gatehouse_system nologin;
  end if;
end
$$;
grant gatehouse_provider, gatehouse_system to gatehouse_app;
revoke create on schema public from public;
grant usage on schema public to gatehouse_app, gatehouse_provider, gatehouse_system;

-- Puts a tenant table under row-level security. A statement without a scope fails: the setting is absent or empty.
create function gatehouse_protect(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_isolation on %s to gatehouse_app'
    ' using (tenant_id = current_setting(''gatehouse.tenant'')::uuid)'
    ' with check (tenant_id = current_setting(''gatehouse.tenant'')::uuid)', target);
  execute format('grant select, insert, update, delete on %s to gatehouse_app', target);
end
$$;

-- Lets a role that serves no tenant do the named things with a protected table; `what` may name columns.
create function gatehouse_open(target regclass, reader name, what text) returns void language plpgsql as $$
begin
  execute format('create policy %I on %s to %I using (true) with check (true)', reader || '_access', target, reader);
  execute format('grant %s on %s to %I', what, target, reader);
end
$$;
revoke execute on function gatehouse_protect(regclass), gatehouse_open(regclass, name, text) from public;

-- Answers of POST requests with an Idempotency-Key, kept for a day.
create table idempotency_keys (
  tenant_id uuid not null,
  subject text not null,
  operation text not null,
  key text not null,
  fingerprint bytea not null,
  is_committed boolean not null default false,
  answer bytea,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pk primary key (tenant_id, subject, operation, key)
);
comment on table idempotency_keys is
  'What a POST with an Idempotency-Key answered, sealed; is_committed says that its effect is there; the provider is tenant 0';
select gatehouse_protect('idempotency_keys');
select gatehouse_open('idempotency_keys', 'gatehouse_system', 'select, delete');
create policy provider_keys on idempotency_keys to gatehouse_provider
  using (tenant_id = '00000000-0000-0000-0000-000000000000')
  with check (tenant_id = '00000000-0000-0000-0000-000000000000');
grant select, insert, update, delete on idempotency_keys to gatehouse_provider;
create index idempotency_keys_age_ix on idempotency_keys (created_at);
