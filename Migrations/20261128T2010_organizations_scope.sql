-- A statement's scope may be confined to organizations: gatehouse.organizations then holds their ids, and each stands for
-- everything below it too. Row-level security keeps such a statement inside, whatever it asks for; it comes on top of the
-- isolation of tenants and can only narrow it.

-- Whether the scope is the tenant as a whole.
create function gatehouse_undivided() returns boolean language sql stable as $$
  select coalesce(current_setting('gatehouse.organizations', true), '') = ''
$$;

-- The organizations that a confined scope reaches.
create function gatehouse_reach() returns uuid[] language sql stable as $$
  select array(
    select descendant_id from organization_closure
    where tenant_id = current_setting('gatehouse.tenant')::uuid
      and ancestor_id = any (nullif(current_setting('gatehouse.organizations', true), '')::uuid[]))
$$;

-- What is made belongs to the organization in which it is made, unless the statement says otherwise.
create function gatehouse_settle() returns trigger language plpgsql as $$
begin
  if new.org_id is null then
    new.org_id := coalesce(
      (nullif(current_setting('gatehouse.organizations', true), '')::uuid[])[1], new.tenant_id);
  end if;
  return new;
end
$$;

-- Keeps confined statements to the rows of their organizations.
create function gatehouse_divide(target regclass) returns void language plpgsql as $$
begin
  execute format(
    'create policy organization_isolation on %s as restrictive to gatehouse_app'
    ' using ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]))'
    ' with check ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]))', target);
end
$$;

-- Lets confined statements refer only to what they can see: references themselves are checked past row-level security.
-- `doing` is what the statement does, `seen` the condition under which it may.
create function gatehouse_confine(target regclass, doing text, seen text) returns void language plpgsql as $$
begin
  execute format(
    'create policy organization_references on %s as restrictive for %s to gatehouse_app %s'
    ' ((select gatehouse_undivided()) or %s)',
    target, doing, case doing when 'insert' then 'with check' else 'using' end, seen);
end
$$;
revoke execute on function gatehouse_divide(regclass), gatehouse_confine(regclass, text, text) from public;

select gatehouse_divide('organizations');

-- Every row that is there belongs to the root. A generated column fills it past row-level security, and then is one
-- like any other.
do $$
declare
  target text;
begin
  foreach target in array array['users', 'groups', 'nodes', 'assets', 'grants', 'tickets', 'sessions', 'role_bindings'] loop
    execute format('alter table %I add column org_id uuid generated always as (tenant_id) stored', target);
    execute format('alter table %I alter column org_id drop expression', target);
    execute format('alter table %I alter column org_id set not null', target);
    execute format(
      'alter table %1$I add constraint %2$I foreign key (tenant_id, org_id) references organizations (tenant_id, org_id)',
      target, target || '_org_fk');
    execute format('create index %I on %I (tenant_id, org_id)', target || '_org_ix', target);
    if target <> 'role_bindings' then
      perform gatehouse_divide(target::regclass);
    end if;
    if target not in ('nodes', 'sessions') then
      execute format(
        'create trigger %I before insert on %I for each row execute function gatehouse_settle()',
        target || '_settle', target);
    end if;
  end loop;
end
$$;

-- The deepest organization that holds all of these assets and nodes; the root for none.
create function gatehouse_common_organization(tenant uuid, assets uuid[], nodes uuid[]) returns uuid language sql stable as $$
  with places as (
    select a.org_id from assets a where a.tenant_id = tenant and a.asset_id = any (assets)
    union
    select n.org_id from nodes n where n.tenant_id = tenant and n.node_id = any (nodes))
  select coalesce((
    select c.ancestor_id
    from places p
    join organization_closure c on c.tenant_id = tenant and c.descendant_id = p.org_id
    group by c.ancestor_id
    having count(*) = (select count(*) from places)
    order by (
      select count(*) from organization_closure d where d.tenant_id = tenant and d.descendant_id = c.ancestor_id) desc
    limit 1), tenant)
$$;

-- A role may be held at several organizations. Bindings are not divided: whoever decides about a person must know of all.
alter table role_bindings drop constraint role_bindings_pk;
alter table role_bindings add constraint role_bindings_pk primary key (tenant_id, role_id, user_id, org_id);
comment on table role_bindings is 'Who has which role at which organization, and so for everything below it';

-- A folder belongs where the one above it belongs.
create function nodes_settle() returns trigger language plpgsql as $$
begin
  if new.org_id is null and new.parent_id is not null then
    select org_id into new.org_id from nodes where tenant_id = new.tenant_id and node_id = new.parent_id;
  end if;
  if new.org_id is null then
    new.org_id := coalesce(
      (nullif(current_setting('gatehouse.organizations', true), '')::uuid[])[1], new.tenant_id);
  end if;
  return new;
end
$$;
create trigger nodes_settle before insert on nodes for each row execute function nodes_settle();

-- A session belongs where its asset was when it began, and stays there.
create function sessions_settle() returns trigger language plpgsql as $$
begin
  if new.org_id is null then
    select org_id into new.org_id from assets where tenant_id = new.tenant_id and asset_id = new.asset_id;
    new.org_id := coalesce(new.org_id, new.tenant_id);
  end if;
  return new;
end
$$;
create trigger sessions_settle before insert on sessions for each row execute function sessions_settle();

select gatehouse_confine('commands', 'select',
  'exists (select from sessions s where s.tenant_id = commands.tenant_id and s.session_id = commands.session_id)');
select gatehouse_confine('recordings', 'all',
  'exists (select from sessions s where s.tenant_id = recordings.tenant_id and s.session_id = recordings.session_id)');
select gatehouse_confine('asset_nodes', 'all',
  'exists (select from nodes n where n.tenant_id = asset_nodes.tenant_id and n.node_id = asset_nodes.node_id)');
select gatehouse_confine('accounts', 'all',
  'exists (select from assets a where a.tenant_id = accounts.tenant_id and a.asset_id = accounts.asset_id)');
select gatehouse_confine('host_keys', 'all',
  'exists (select from assets a where a.tenant_id = host_keys.tenant_id and a.asset_id = host_keys.asset_id)');
select gatehouse_confine('grant_users', 'insert',
  'exists (select from users u where u.tenant_id = grant_users.tenant_id and u.user_id = grant_users.user_id)');
select gatehouse_confine('grant_groups', 'insert',
  'exists (select from groups g where g.tenant_id = grant_groups.tenant_id and g.group_id = grant_groups.group_id)');
select gatehouse_confine('grant_assets', 'insert',
  'exists (select from assets a where a.tenant_id = grant_assets.tenant_id and a.asset_id = grant_assets.asset_id)');
select gatehouse_confine('grant_nodes', 'insert',
  'exists (select from nodes n where n.tenant_id = grant_nodes.tenant_id and n.node_id = grant_nodes.node_id)');
select gatehouse_confine('group_members', 'insert',
  'exists (select from users u where u.tenant_id = group_members.tenant_id and u.user_id = group_members.user_id)');

-- An id's text form as it is outside, `ast_06a…`, as a uuid; null if it is not one.
create function gatehouse_uuid(id text) returns uuid language plpgsql immutable strict as $$
declare
  digits constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bits text := '';
  value int;
begin
  if id !~ '^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$' then return null; end if;
  for place in 5..30 loop
    value := strpos(digits, substr(id, place, 1)) - 1;
    bits := bits || value::bit(5)::text;
  end loop;
  -- 26 digits are 130 bits, of which the first two are zero.
  bits := substr(bits, 3);
  return (lpad(to_hex((substr(bits, 1, 64)::bit(64))::bigint), 16, '0')
    || lpad(to_hex((substr(bits, 65, 64)::bit(64))::bigint), 16, '0'))::uuid;
end
$$;

-- A line of the trail belongs where the thing lies that it tells of, and if that is the tenant as a whole, where the
-- person belongs who did it. Null, as in lines from before there were organizations, is the tenant as a whole. What was
-- refused belongs where the person belongs: nobody is to learn from their own trail what there is elsewhere.
alter table audit_events add column org_id uuid;
create function audit_events_settle() returns trigger language plpgsql as $$
declare
  target uuid := gatehouse_uuid(new.target_id);
  home uuid;
begin
  if new.org_id is null and target is not null then
    new.org_id := case new.target_kind
      when 'user' then (select org_id from users where tenant_id = new.tenant_id and user_id = target)
      when 'group' then (select org_id from groups where tenant_id = new.tenant_id and group_id = target)
      when 'node' then (select org_id from nodes where tenant_id = new.tenant_id and node_id = target)
      when 'asset' then (select org_id from assets where tenant_id = new.tenant_id and asset_id = target)
      when 'account' then (
        select a.org_id from accounts c join assets a on a.tenant_id = c.tenant_id and a.asset_id = c.asset_id
        where c.tenant_id = new.tenant_id and c.account_id = target)
      when 'grant' then (select org_id from grants where tenant_id = new.tenant_id and grant_id = target)
      when 'ticket' then (select org_id from tickets where tenant_id = new.tenant_id and ticket_id = target)
      when 'session' then (select org_id from sessions where tenant_id = new.tenant_id and session_id = target)
      when 'organization' then (select org_id from organizations where tenant_id = new.tenant_id and org_id = target)
    end;
  end if;
  if new.actor_kind = 'user' then
    select org_id into home from users where tenant_id = new.tenant_id and user_id = gatehouse_uuid(new.actor_id);
  end if;
  if new.outcome <> 'success' and home <> new.tenant_id then
    if new.org_id is not null and not exists (
      select from organization_closure
      where tenant_id = new.tenant_id and ancestor_id = home and descendant_id = new.org_id)
    then
      new.target_name := '';
    end if;
    new.org_id := home;
  elsif coalesce(new.org_id, new.tenant_id) = new.tenant_id then
    new.org_id := coalesce((nullif(current_setting('gatehouse.organizations', true), '')::uuid[])[1], home);
  end if;
  return new;
end
$$;
create trigger audit_events_settle before insert on audit_events for each row execute function audit_events_settle();
select gatehouse_confine('audit_events', 'select', 'org_id = any ((select gatehouse_reach())::uuid[])');

-- Moves everything that belongs to one organization to another, but for the trail, which nobody changes, and for roles,
-- which nobody gets in passing: only the role that everybody has goes with its people.
create function gatehouse_merge_organizations(tenant uuid, source uuid, target uuid) returns void language plpgsql as $$
declare
  name text;
begin
  foreach name in array array['users', 'groups', 'nodes', 'assets', 'grants', 'tickets', 'sessions'] loop
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

-- Moves assets, or nodes with those below them, to an organization, and says how many of the named ones there are.
create function gatehouse_place(tenant uuid, target uuid, assets uuid[], nodes uuid[]) returns bigint language plpgsql as $$
declare
  moved bigint;
  found bigint;
begin
  update assets a set org_id = target, version = a.version + 1
  where a.tenant_id = tenant and a.asset_id = any (gatehouse_place.assets);
  get diagnostics moved = row_count;
  select count(*) into found from nodes n where n.tenant_id = tenant and n.node_id = any (gatehouse_place.nodes);
  update nodes n set org_id = target, version = n.version + 1
  where n.tenant_id = tenant and n.node_id in (
    select c.descendant_id from node_closure c
    where c.tenant_id = tenant and c.ancestor_id = any (gatehouse_place.nodes));
  return moved + found;
end
$$;

-- What other features may read.
create or replace view asset_directory with (security_invoker = true) as
  select tenant_id, asset_id, name, address, port, platform, state, org_id from assets;
-- Only roles at the root: an approver by role decides for the whole tenant.
create or replace view user_roles with (security_invoker = true) as
  select tenant_id, user_id, role_id from role_bindings where org_id = tenant_id;
