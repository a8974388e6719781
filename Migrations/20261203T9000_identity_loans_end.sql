-- A role that somebody has for a while counts until then, also where nobody has taken it yet, and stays one for a while when
-- it comes to another organization.
create or replace view user_roles with (security_invoker = true) as
  select tenant_id, user_id, role_id, org_id from role_bindings where ends_at is null or ends_at > now();

create or replace function gatehouse_merge_organizations(tenant uuid, source uuid, target uuid) returns void
language plpgsql as $$
declare
  name text;
begin
  update flows set is_default = false, is_enabled = false, version = version + 1
  where flows.tenant_id = tenant and flows.org_id = source;
  foreach name in array array['users', 'groups', 'nodes', 'assets', 'grants', 'tickets', 'sessions', 'webhooks', 'flows'] loop
    execute format('update %I set org_id = $1 where tenant_id = $2 and org_id = $3', name) using target, tenant, source;
  end loop;
  insert into role_bindings as t (tenant_id, role_id, user_id, org_id, ends_at)
  select b.tenant_id, b.role_id, b.user_id, target, b.ends_at
  from role_bindings b
  join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id and r.built_in = 'user'
  where b.tenant_id = tenant and b.org_id = source
  on conflict on constraint role_bindings_pk do update set ends_at = case
    when t.ends_at is not null and excluded.ends_at is not null then greatest(t.ends_at, excluded.ends_at) end;
  delete from role_bindings b where b.tenant_id = tenant and b.org_id = source;
end
$$;
