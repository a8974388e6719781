-- What organizations set for themselves and what lies below them. The tenant's own values are in tenant_setting_values
-- and tenants; an organization that has said nothing has what holds above it.
create table organization_setting_values (
  tenant_id uuid not null,
  org_id uuid not null,
  key text collate "C" not null,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by uuid not null,
  constraint organization_setting_values_pk primary key (tenant_id, org_id, key),
  constraint organization_setting_values_org_fk foreign key (tenant_id, org_id)
    references organizations (tenant_id, org_id) on delete cascade,
  constraint organization_setting_values_key_ck check (key ~ '^[a-z][a-z.-]{1,98}$'),
  -- The one at the top is the tenant, which has a table of its own.
  constraint organization_setting_values_top_ck check (org_id <> tenant_id)
);
comment on table organization_setting_values is
  'What an organization has set, by the name of the setting; it holds below it too, until something nearer or stricter does';
select gatehouse_protect('organization_setting_values');
-- Whether a tenant has any at all, for background work.
select gatehouse_open('organization_setting_values', 'gatehouse_system', 'select (tenant_id, key)');

-- What is above is read from everywhere below; written is only what the scope reaches.
create policy part_insert on organization_setting_values as restrictive for insert to gatehouse_app
  with check ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]));
create policy part_update on organization_setting_values as restrictive for update to gatehouse_app
  using ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]));
create policy part_delete on organization_setting_values as restrictive for delete to gatehouse_app
  using ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]));

-- What organizations say about a setting at one of them, and which of them does; no row if none has. `stricter` is
-- `lower` or `higher` where the strictest word along the way to the top holds, else the nearest one does. The way begins
-- `nearest` steps up: with 1, the organization's own word is left out.
create function gatehouse_setting(tenant uuid, organization uuid, setting text, stricter text, nearest int)
  returns table (value jsonb, org_id uuid) language sql stable as $$
  select v.value, v.org_id
  from organization_closure c
  join organization_setting_values v on v.tenant_id = tenant and v.org_id = c.ancestor_id and v.key = setting
  where c.tenant_id = tenant and c.descendant_id = organization and c.depth >= nearest
  order by
    case stricter when 'lower' then (v.value #>> '{}')::numeric when 'higher' then -(v.value #>> '{}')::numeric end,
    c.depth
  limit 1
$$;

-- The trail's retention asks where a line belongs.
grant select (org_id) on audit_events to gatehouse_system;
