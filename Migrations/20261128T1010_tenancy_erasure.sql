-- Erasing a tenant. A role of its own may delete what the application never may, such as the audit trail; but only of the
-- tenant of the scope, and only when that tenant is closing and its grace period is over.
do $$
begin
  if not exists (select from pg_roles where rolname = 'gatehouse_eraser') then
    create role gatehouse_eraser nologin;
  end if;
end
$$;
grant gatehouse_eraser to gatehouse_app;
grant usage on schema public to gatehouse_eraser;

create policy erasure_reading on tenants for select to gatehouse_eraser
  using (tenant_id = (select current_setting('gatehouse.tenant')::uuid));
grant select (tenant_id, state, grace_ends_at) on tenants to gatehouse_eraser;

-- The tenant of the scope if everything of it may be erased now, else null.
create function gatehouse_erasing() returns uuid language sql stable as $$
  select tenant_id from tenants
  where tenant_id = current_setting('gatehouse.tenant')::uuid and state = 'closing' and grace_ends_at <= now()
$$;

-- Makes the rows of a tenant table go with their tenant.
create function gatehouse_erasable(target regclass) returns void language plpgsql as $$
begin
  execute format(
    'create policy erasure on %s to gatehouse_eraser using (tenant_id = (select gatehouse_erasing()))', target);
  execute format('grant select, delete on %s to gatehouse_eraser', target);
end
$$;

-- Lets the rows of a tenant table outlive their tenant: what the provider bills, and what proves the erasure. They must
-- hold nothing of the tenant's people, assets or secrets.
create function gatehouse_keep(target regclass) returns void language plpgsql as $$
begin
  execute format('drop policy erasure on %s', target);
  execute format('revoke select, delete on %s from gatehouse_eraser', target);
end
$$;

-- Whatever is protected from now on is erasable, unless it says otherwise.
create or replace function gatehouse_protect(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_isolation on %s to gatehouse_app'
    ' using (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))'
    ' with check (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))', target);
  execute format('grant select, insert, update, delete on %s to gatehouse_app', target);
  perform gatehouse_erasable(target);
end
$$;
revoke execute on function gatehouse_erasable(regclass), gatehouse_keep(regclass) from public;

do $$
declare
  target regclass;
begin
  for target in select polrelid::regclass from pg_policy where polname = 'tenant_isolation' and polrelid <> 'tenants'::regclass loop
    perform gatehouse_erasable(target);
  end loop;
end
$$;
select gatehouse_keep('usage_events');
select gatehouse_keep('usage_rollups');

-- How many rows there are of the tenant of the scope, by table, of all that goes with it.
create function gatehouse_inventory() returns table (table_name text, row_count bigint) language plpgsql stable as $$
declare
  target regclass;
begin
  for target in select polrelid::regclass from pg_policy where polname = 'erasure' order by polrelid::regclass::text loop
    table_name := target::text;
    execute format('select count(*) from %s where tenant_id = current_setting(''gatehouse.tenant'')::uuid', target)
      into row_count;
    if row_count > 0 then return next; end if;
  end loop;
end
$$;

-- Deletes at most so many rows of each table (all of them for null) and says how many went. Rows that others refer to
-- stay until those are gone: call it until nothing is left.
create function gatehouse_erase(most bigint) returns bigint language plpgsql as $$
declare
  target regclass;
  gone bigint;
  total bigint := 0;
begin
  if gatehouse_erasing() is null then
    raise exception 'this tenant is not to be erased' using errcode = 'insufficient_privilege';
  end if;
  for target in select polrelid::regclass from pg_policy where polname = 'erasure' order by polrelid::regclass::text loop
    begin
      execute format(
        'delete from %1$s where (tableoid, ctid) in (select tableoid, ctid from %1$s limit $1)', target) using most;
      get diagnostics gone = row_count;
      total := total + gone;
    exception when foreign_key_violation then
      null;
    end;
  end loop;
  return total;
end
$$;

create table tenant_erasures (
  tenant_id uuid not null,
  erasure_id uuid not null,
  started_at timestamptz not null,
  -- What there was, counted before anything was touched.
  inventory jsonb not null,
  objects_removed_at timestamptz,
  keys_destroyed_at timestamptz,
  rows_removed_at timestamptz,
  finished_at timestamptz,
  proof text,
  constraint tenant_erasures_pk primary key (tenant_id),
  constraint tenant_erasures_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_erasures_proof_ck check ((finished_at is null) = (proof is null))
);
comment on table tenant_erasures is 'How far the erasure of a tenant is, and the signed proof of it in the end';
select gatehouse_protect('tenant_erasures');
select gatehouse_keep('tenant_erasures');
select gatehouse_open('tenant_erasures', 'gatehouse_provider', 'select');
