CREATE FUNCTION public.audit_events_settle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  target uuid;
  home uuid;
begin
  if new.org_id is null and new.target_id is not null then
    target := gatehouse_uuid(new.target_id);
    if new.target_kind = 'user' then
      select org_id into new.org_id from users where tenant_id = new.tenant_id and user_id = target;
    elsif new.target_kind = 'group' then
      select org_id into new.org_id from groups where tenant_id = new.tenant_id and group_id = target;
    elsif new.target_kind = 'node' then
      select org_id into new.org_id from nodes where tenant_id = new.tenant_id and node_id = target;
    elsif new.target_kind = 'asset' then
      select org_id into new.org_id from assets where tenant_id = new.tenant_id and asset_id = target;
    elsif new.target_kind = 'account' then
      select a.org_id into new.org_id from accounts c join assets a on a.tenant_id = c.tenant_id and a.asset_id = c.asset_id
      where c.tenant_id = new.tenant_id and c.account_id = target;
    elsif new.target_kind = 'grant' then
      select org_id into new.org_id from grants where tenant_id = new.tenant_id and grant_id = target;
    elsif new.target_kind = 'ticket' then
      select org_id into new.org_id from tickets where tenant_id = new.tenant_id and ticket_id = target;
    elsif new.target_kind = 'session' then
      select org_id into new.org_id from sessions where tenant_id = new.tenant_id and session_id = target;
    elsif new.target_kind = 'organization' then
      select org_id into new.org_id from organizations where tenant_id = new.tenant_id and org_id = target;
    end if;
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

CREATE FUNCTION public.events_settle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.gatehouse_attach_months(parent text, ahead integer) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET lock_timeout TO '500ms'
    AS $$
declare
  start timestamptz;
  part text;
begin
  if parent not in ('audit_events', 'commands', 'usage_events') or ahead not between 0 and 24 then
    raise exception '% is not kept by the month, or % months are too many', parent, ahead
      using errcode = 'invalid_parameter_value';
  end if;
  -- Of several who begin at once, one makes them.
  perform pg_advisory_xact_lock(hashtextextended('gatehouse_attach_months ' || parent, 0));
  for month in 0..ahead loop
    start := date_trunc('month', now()) + make_interval(months => month);
    part := parent || to_char(start, '_YYYY_MM');
    continue when to_regclass(part) is not null;
    begin
      execute format('create table %I (like %I including defaults including constraints)', part, parent);
      execute format('alter table %I enable row level security', part);
      execute format('alter table %I force row level security', part);
      execute format(
        'alter table %I attach partition %I for values from (%L) to (%L)', parent, part, start,
        start + interval '1 month');
      return next part;
    exception when check_violation then
      -- The default part has rows of that month; it keeps the month.
      null;
    end;
  end loop;
end
$$;

CREATE FUNCTION public.gatehouse_common_organization(tenant uuid, assets uuid[], nodes uuid[]) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  places uuid[];
begin
  places := array(
    select a.org_id from assets a where a.tenant_id = tenant and a.asset_id = any (assets)
    union
    select n.org_id from nodes n where n.tenant_id = tenant and n.node_id = any (nodes));
  if cardinality(places) = 1 then
    return places[1];
  end if;
  return coalesce((
    select c.ancestor_id
    from unnest(places) as p (org_id)
    join organization_closure c on c.tenant_id = tenant and c.descendant_id = p.org_id
    group by c.ancestor_id
    having count(*) = cardinality(places)
    order by (
      select count(*) from organization_closure d where d.tenant_id = tenant and d.descendant_id = c.ancestor_id) desc
    limit 1), tenant);
end
$$;

CREATE FUNCTION public.gatehouse_confine(target regclass, doing text, seen text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format(
    'create policy organization_references on %s as restrictive for %s to gatehouse_app %s'
    ' ((select gatehouse_undivided()) or %s)',
    target, doing, case doing when 'insert' then 'with check' else 'using' end, seen);
end
$$;

CREATE FUNCTION public.gatehouse_divide(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format(
    'create policy organization_isolation on %s as restrictive to gatehouse_app'
    ' using ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]))'
    ' with check ((select gatehouse_undivided()) or org_id = any ((select gatehouse_reach())::uuid[]))', target);
end
$$;

CREATE FUNCTION public.gatehouse_duties_separated(tenant uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (select from duty_separations d where d.tenant_id = tenant and d.is_on)
$$;

CREATE FUNCTION public.gatehouse_erasable(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format(
    'create policy erasure on %s to gatehouse_eraser using (tenant_id = (select gatehouse_erasing()))', target);
  execute format('grant select, delete on %s to gatehouse_eraser', target);
end
$$;

CREATE FUNCTION public.gatehouse_erase(most bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $_$
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
$_$;

CREATE FUNCTION public.gatehouse_erasing() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select tenant_id from tenants
  where tenant_id = current_setting('gatehouse.tenant')::uuid and state = 'closing' and grace_ends_at <= now()
$$;

CREATE FUNCTION public.gatehouse_inventory() RETURNS TABLE(table_name text, row_count bigint)
    LANGUAGE plpgsql STABLE
    AS $$
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

CREATE FUNCTION public.gatehouse_keep(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format('drop policy erasure on %s', target);
  execute format('revoke select, delete on %s from gatehouse_eraser', target);
end
$$;

CREATE FUNCTION public.gatehouse_merge_organizations(tenant uuid, source uuid, target uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  name text;
begin
  update flows set is_default = false, is_enabled = false, version = version + 1
  where flows.tenant_id = tenant and flows.org_id = source;
  update request_templates t set is_enabled = false, version = version + 1, name = case when exists (
      select from request_templates o where o.tenant_id = tenant and o.org_id = target and o.owner_id is null
        and o.name = t.name) then left(t.name, 60) || ' ' || t.request_template_id else t.name end
  where t.tenant_id = tenant and t.org_id = source;
  foreach name in array array[
    'users', 'groups', 'nodes', 'assets', 'grants', 'tickets', 'sessions', 'webhooks', 'flows', 'request_templates'
  ] loop
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
$_$;

CREATE FUNCTION public.gatehouse_open(target regclass, reader name, what text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format('create policy %I on %s to %I using (true) with check (true)', reader || '_access', target, reader);
  execute format('grant %s on %s to %I', what, target, reader);
end
$$;

CREATE FUNCTION public.gatehouse_password_end(tenant uuid, organization uuid, since timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  select since + make_interval(days => nullif(least(
    coalesce((
      select (v.value #>> '{}')::int from tenant_setting_values v
      where v.tenant_id = tenant and v.key = 'password.max-age'), 3650),
    coalesce(case when organization <> tenant then (
      select (s.value #>> '{}')::int from gatehouse_setting(tenant, organization, 'password.max-age', 'lower', 0) s)
      end, 3650)), 3650))
$$;

CREATE FUNCTION public.gatehouse_place(tenant uuid, target uuid, assets uuid[], nodes uuid[]) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.gatehouse_protect(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.gatehouse_reach() RETURNS uuid[]
    LANGUAGE sql STABLE
    AS $$
  select array(
    select descendant_id from organization_closure
    where tenant_id = current_setting('gatehouse.tenant')::uuid
      and ancestor_id = any (nullif(current_setting('gatehouse.organizations', true), '')::uuid[]))
$$;

CREATE FUNCTION public.gatehouse_setting(tenant uuid, organization uuid, setting text, stricter text, nearest integer) RETURNS TABLE(value jsonb, org_id uuid)
    LANGUAGE sql STABLE
    AS $$
  select v.value, v.org_id
  from organization_closure c
  join organization_setting_values v on v.tenant_id = tenant and v.org_id = c.ancestor_id and v.key = setting
  where c.tenant_id = tenant and c.descendant_id = organization and c.depth >= nearest
  order by
    case stricter when 'lower' then (v.value #>> '{}')::numeric when 'higher' then -(v.value #>> '{}')::numeric end,
    c.depth
  limit 1
$$;

CREATE FUNCTION public.gatehouse_settle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.org_id is null then
    new.org_id := coalesce(
      (nullif(current_setting('gatehouse.organizations', true), '')::uuid[])[1], new.tenant_id);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.gatehouse_undivided() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select coalesce(current_setting('gatehouse.organizations', true), '') = ''
$$;

CREATE FUNCTION public.gatehouse_uuid(id text) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
declare
  d constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bits bit(130);
begin
  if id !~ '^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$' then return null; end if;
  bits := (strpos(d, substr(id, 5, 1)) - 1)::bit(5) || (strpos(d, substr(id, 6, 1)) - 1)::bit(5) || (strpos(d, substr(id, 7, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 8, 1)) - 1)::bit(5) || (strpos(d, substr(id, 9, 1)) - 1)::bit(5) || (strpos(d, substr(id, 10, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 11, 1)) - 1)::bit(5) || (strpos(d, substr(id, 12, 1)) - 1)::bit(5) || (strpos(d, substr(id, 13, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 14, 1)) - 1)::bit(5) || (strpos(d, substr(id, 15, 1)) - 1)::bit(5) || (strpos(d, substr(id, 16, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 17, 1)) - 1)::bit(5) || (strpos(d, substr(id, 18, 1)) - 1)::bit(5) || (strpos(d, substr(id, 19, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 20, 1)) - 1)::bit(5) || (strpos(d, substr(id, 21, 1)) - 1)::bit(5) || (strpos(d, substr(id, 22, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 23, 1)) - 1)::bit(5) || (strpos(d, substr(id, 24, 1)) - 1)::bit(5) || (strpos(d, substr(id, 25, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 26, 1)) - 1)::bit(5) || (strpos(d, substr(id, 27, 1)) - 1)::bit(5) || (strpos(d, substr(id, 28, 1)) - 1)::bit(5)
    || (strpos(d, substr(id, 29, 1)) - 1)::bit(5) || (strpos(d, substr(id, 30, 1)) - 1)::bit(5);
  -- 26 digits are 130 bits, of which the first two are zero.
  return (lpad(to_hex(substring(bits from 3 for 64)::bit(64)::bigint), 16, '0')
    || lpad(to_hex(substring(bits from 67 for 64)::bit(64)::bigint), 16, '0'))::uuid;
end
$_$;

CREATE FUNCTION public.identity_sync_runs_gone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  delete from identity_sync_entries e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  delete from identity_sync_edges e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  delete from identity_sync_groups e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  return null;
end $$;

CREATE FUNCTION public.nodes_settle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.role_bindings_place() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if exists (
    select from roles r where r.tenant_id = new.tenant_id and r.role_id = new.role_id and r.scope = 'tenant')
  then
    return null;
  end if;
  return new;
end
$$;

CREATE FUNCTION public.roles_held(at timestamp with time zone) RETURNS TABLE(tenant_id uuid, user_id uuid, role_id uuid, org_id uuid, ends_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $_$
  select b.tenant_id, b.user_id, b.role_id, b.org_id, b.ends_at from role_bindings b
  where b.ends_at is null or b.ends_at > $1
$_$;

COMMENT ON FUNCTION public.roles_held(at timestamp with time zone) IS 'Who holds which role at a moment, and until when if it ends by itself';

CREATE FUNCTION public.sessions_settle() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.org_id is null then
    select org_id into new.org_id from assets where tenant_id = new.tenant_id and asset_id = new.asset_id;
    new.org_id := coalesce(new.org_id, new.tenant_id);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.tenants_begin_with_a_plan() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into tenant_plans (tenant_id, plan_id, contact, since)
  select new.tenant_id, plan_id, contact, new.created_at from plans where is_default;
  insert into tenant_plan_history (tenant_id, valid_from, plan_id)
  select new.tenant_id, new.created_at, plan_id from plans where is_default;
  insert into tenant_quotas (tenant_id, kind, hard_limit, soft_limit)
  select tenant_id, kind, amount, soft from tenant_limit_terms where tenant_id = new.tenant_id;
  return null;
end
$$;

CREATE FUNCTION public.tenants_begin_with_an_organization() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into organizations (tenant_id, org_id, name, created_at)
  values (new.tenant_id, new.tenant_id, new.name, new.created_at);
  insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
  values (new.tenant_id, new.tenant_id, new.tenant_id, 0);
  return null;
end
$$;

CREATE FUNCTION public.webhooks_park() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update webhook_deliveries set parked = new.state = 'disabled'
  where tenant_id = new.tenant_id and webhook_id = new.webhook_id and state = 'pending';
  return null;
end
$$;

CREATE TABLE public.access_key_nonces (
    tenant_id uuid NOT NULL,
    access_key_id uuid NOT NULL,
    nonce_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT access_key_nonces_hash_ck CHECK ((octet_length(nonce_hash) = 32))
);

ALTER TABLE ONLY public.access_key_nonces FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.access_key_nonces IS 'What signed requests have used up, for as long as their time would count';

CREATE TABLE public.access_keys (
    tenant_id uuid NOT NULL,
    access_key_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    algorithm text NOT NULL,
    tenant_key_id uuid,
    sealed bytea,
    public_key bytea,
    sources text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    last_used_at timestamp with time zone,
    last_used_from text,
    second_factor_at timestamp with time zone,
    refused_at timestamp with time zone,
    bound_provider_id uuid,
    CONSTRAINT access_keys_material_ck CHECK (
CASE algorithm
    WHEN 'hmac-sha256'::text THEN ((sealed IS NOT NULL) AND (tenant_key_id IS NOT NULL) AND (public_key IS NULL))
    WHEN 'ed25519'::text THEN ((sealed IS NULL) AND (tenant_key_id IS NULL) AND (octet_length(public_key) = 32))
    ELSE false
END),
    CONSTRAINT access_keys_name_ck CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT access_keys_sources_ck CHECK ((cardinality(sources) <= 50)),
    CONSTRAINT access_keys_time_ck CHECK ((expires_at > created_at))
);

ALTER TABLE ONLY public.access_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.access_keys IS 'Keys with which programs sign requests as a person';

COMMENT ON COLUMN public.access_keys.bound_provider_id IS 'As of tokens';

CREATE TABLE public.accounts (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    privileged boolean DEFAULT false NOT NULL,
    secret_version integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    is_exclusive boolean DEFAULT false NOT NULL,
    CONSTRAINT accounts_kind_ck CHECK ((kind = ANY (ARRAY['password'::text, 'ssh-key'::text])))
);

ALTER TABLE ONLY public.accounts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.accounts IS 'Logins on assets';

COMMENT ON COLUMN public.accounts.is_exclusive IS 'Its secret is out with one person at a time';

CREATE VIEW public.account_directory WITH (security_invoker='true') AS
 SELECT accounts.tenant_id,
    accounts.account_id,
    accounts.asset_id,
    accounts.name,
    accounts.kind,
    accounts.privileged,
    (accounts.secret_version > 0) AS has_secret
   FROM public.accounts;

CREATE TABLE public.admissions (
    tenant_id uuid NOT NULL,
    admission_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    user_id uuid,
    login text NOT NULL,
    connection text NOT NULL,
    stage text NOT NULL,
    entrance text NOT NULL,
    asset_id uuid,
    account_name text,
    tries integer DEFAULT 0 NOT NULL,
    client_address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    public_key bytea,
    way text,
    ticket_id uuid,
    CONSTRAINT admissions_admitted_ck CHECK ((((stage = ANY (ARRAY['code'::text, 'admitted'::text, 'waiting'::text])) = (user_id IS NOT NULL)) AND ((public_key IS NULL) OR (stage = 'waiting'::text)))),
    CONSTRAINT admissions_entrance_ck CHECK ((entrance = ANY (ARRAY['ssh'::text, 'web'::text]))),
    CONSTRAINT admissions_stage_ck CHECK ((stage = ANY (ARRAY['answers'::text, 'challenge'::text, 'code'::text, 'browser'::text, 'waiting'::text, 'admitted'::text, 'refused'::text]))),
    CONSTRAINT admissions_ticket_ck CHECK (((ticket_id IS NULL) OR (stage = 'waiting'::text))),
    CONSTRAINT admissions_way_ck CHECK (((way IS NULL) OR ((stage = 'waiting'::text) AND (way = ANY (ARRAY['password'::text, 'public-key'::text, 'public-key-and-code'::text, 'browser'::text]))) OR ((stage = 'code'::text) AND (way = 'password'::text))))
);

ALTER TABLE ONLY public.admissions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.admissions IS 'People in front of a gateway: bound to one worker and one connection for five minutes';

COMMENT ON COLUMN public.admissions.ticket_id IS 'The review that somebody waits for';

CREATE TABLE public.announcement_audience (
    tenant_id uuid NOT NULL,
    announcement_id uuid NOT NULL,
    announcement_audience_id uuid NOT NULL,
    user_id uuid,
    group_id uuid,
    role_id uuid,
    CONSTRAINT announcement_audience_one_ck CHECK ((num_nonnulls(user_id, group_id, role_id) = 1))
);

ALTER TABLE ONLY public.announcement_audience FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.announcement_audience IS 'Whom an announcement is for that is not for everybody';

CREATE TABLE public.announcements (
    tenant_id uuid NOT NULL,
    announcement_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    for_everybody boolean NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    told_up_to uuid,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    due_at timestamp with time zone,
    is_deleted boolean DEFAULT false NOT NULL,
    for_administrators boolean DEFAULT false NOT NULL,
    provider_announcement_id uuid,
    provider_version integer,
    CONSTRAINT announcements_length_ck CHECK ((((length(title) >= 1) AND (length(title) <= 120)) AND ((length(body) >= 1) AND (length(body) <= 4000)))),
    CONSTRAINT announcements_provider_ck CHECK (((provider_announcement_id IS NULL) = (provider_version IS NULL))),
    CONSTRAINT announcements_source_ck CHECK (((created_by IS NOT NULL) OR (provider_announcement_id IS NOT NULL))),
    CONSTRAINT announcements_time_ck CHECK ((starts_at < ends_at))
);

ALTER TABLE ONLY public.announcements FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.announcements IS 'What administrators tell many people for a while';

COMMENT ON COLUMN public.announcements.told_up_to IS 'How far the round has come that is under way, by the ids of people';

COMMENT ON COLUMN public.announcements.due_at IS 'From when on somebody has to look at whom to tell it; null if there is nothing to do';

COMMENT ON COLUMN public.announcements.is_deleted IS 'It is taken back from whoever has it, and then it goes';

COMMENT ON COLUMN public.announcements.provider_announcement_id IS 'The announcement of the hosting provider that this is, for this company';

CREATE TABLE public.api_tokens (
    tenant_id uuid NOT NULL,
    api_token_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    second_factor_at timestamp with time zone,
    revoked_at timestamp with time zone,
    sign_in_rule_id uuid,
    refused_at timestamp with time zone,
    exempt_after text,
    bound_provider_id uuid,
    sources text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT api_tokens_exempt_ck CHECK (((exempt_after IS NULL) OR (exempt_after = ANY (ARRAY['password'::text, 'provider'::text])))),
    CONSTRAINT api_tokens_sources_ck CHECK ((cardinality(sources) <= 50))
);

ALTER TABLE ONLY public.api_tokens FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.api_tokens IS 'Bearer tokens, by their hash';

COMMENT ON COLUMN public.api_tokens.bound_provider_id IS 'Set for a token that was made in a browser that came in by a link of the person''s own';

COMMENT ON COLUMN public.api_tokens.sources IS 'From where it may be used: addresses, networks and ranges; empty for anywhere';

CREATE TABLE public.approval_rules (
    tenant_id uuid NOT NULL,
    floors jsonb DEFAULT '[]'::jsonb NOT NULL,
    most_open_per_person integer NOT NULL,
    most_open integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT approval_rules_most_ck CHECK ((((most_open_per_person >= 1) AND (most_open_per_person <= 1000)) AND ((most_open >= 1) AND (most_open <= 1000000))))
);

ALTER TABLE ONLY public.approval_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.approval_rules IS 'What no flow of a company goes below, and how many requests of a person and of everybody may be open';

CREATE TABLE public.asset_nodes (
    tenant_id uuid NOT NULL,
    node_id uuid NOT NULL,
    asset_id uuid NOT NULL
);

ALTER TABLE ONLY public.asset_nodes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.asset_nodes IS 'Which folders an asset lies in';

CREATE TABLE public.node_closure (
    tenant_id uuid NOT NULL,
    ancestor_id uuid NOT NULL,
    descendant_id uuid NOT NULL,
    depth integer NOT NULL
);

ALTER TABLE ONLY public.node_closure FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.node_closure IS 'Every node with everything above it, itself included at depth 0';

CREATE VIEW public.asset_ancestors WITH (security_invoker='true') AS
 SELECT n.tenant_id,
    n.asset_id,
    c.ancestor_id AS node_id
   FROM (public.asset_nodes n
     JOIN public.node_closure c ON (((c.tenant_id = n.tenant_id) AND (c.descendant_id = n.node_id))));

CREATE TABLE public.asset_arrangements (
    tenant_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    user_id uuid NOT NULL,
    gave_owner boolean NOT NULL,
    arranged_at timestamp with time zone NOT NULL,
    gave_rest boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY public.asset_arrangements FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.asset_arrangements IS 'Who has said what flows go by of an asset without looking after flows; gone once somebody who does has said it';

CREATE TABLE public.node_arrangements (
    tenant_id uuid NOT NULL,
    node_id uuid NOT NULL,
    user_id uuid NOT NULL,
    gave_owner boolean NOT NULL,
    arranged_at timestamp with time zone NOT NULL,
    gave_rest boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY public.node_arrangements FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.node_arrangements IS 'The same of a node, for everything below it';

CREATE VIEW public.asset_arrangers WITH (security_invoker='true') AS
 SELECT asset_arrangements.tenant_id,
    asset_arrangements.asset_id,
    asset_arrangements.user_id,
    asset_arrangements.gave_owner
   FROM public.asset_arrangements
UNION ALL
 SELECT n.tenant_id,
    n.asset_id,
    r.user_id,
    r.gave_owner
   FROM (public.asset_ancestors n
     JOIN public.node_arrangements r ON (((r.tenant_id = n.tenant_id) AND (r.node_id = n.node_id))));

CREATE TABLE public.assets (
    tenant_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    platform text DEFAULT 'linux'::text NOT NULL,
    address text NOT NULL,
    port integer DEFAULT 22 NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    owner_id uuid,
    CONSTRAINT assets_platform_ck CHECK ((platform = 'linux'::text)),
    CONSTRAINT assets_port_ck CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT assets_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.assets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.assets IS 'Servers that people connect to';

CREATE VIEW public.asset_directory WITH (security_invoker='true') AS
 SELECT assets.tenant_id,
    assets.asset_id,
    assets.name,
    assets.address,
    assets.port,
    assets.platform,
    assets.state,
    assets.org_id,
    assets.owner_id
   FROM public.assets;

CREATE TABLE public.asset_labels (
    tenant_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    asset_id uuid NOT NULL
);

ALTER TABLE ONLY public.asset_labels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.asset_labels IS 'Labels, a side table because containment operators cannot use an index under row-level security';

CREATE VIEW public.asset_label_directory WITH (security_invoker='true') AS
 SELECT asset_labels.tenant_id,
    asset_labels.asset_id,
    asset_labels.key,
    asset_labels.value
   FROM public.asset_labels;

CREATE TABLE public.audit_events (
    tenant_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    audit_event_id uuid NOT NULL,
    action text NOT NULL,
    actor_kind text NOT NULL,
    actor_id text COLLATE pg_catalog."C",
    actor_name text NOT NULL,
    target_kind text,
    target_id text COLLATE pg_catalog."C",
    target_name text,
    outcome text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    trace_id text DEFAULT ''::text NOT NULL,
    client_address text,
    org_id uuid,
    CONSTRAINT audit_events_actor_ck CHECK ((actor_kind = ANY (ARRAY['user'::text, 'worker'::text, 'system'::text, 'provider'::text, 'nobody'::text]))),
    CONSTRAINT audit_events_outcome_ck CHECK ((outcome = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.audit_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.audit_events IS 'Who did what to what, when and with which outcome; append-only';

CREATE TABLE public.audit_events_default (
    tenant_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    audit_event_id uuid NOT NULL,
    action text NOT NULL,
    actor_kind text NOT NULL,
    actor_id text COLLATE pg_catalog."C",
    actor_name text NOT NULL,
    target_kind text,
    target_id text COLLATE pg_catalog."C",
    target_name text,
    outcome text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    trace_id text DEFAULT ''::text NOT NULL,
    client_address text,
    org_id uuid,
    CONSTRAINT audit_events_actor_ck CHECK ((actor_kind = ANY (ARRAY['user'::text, 'worker'::text, 'system'::text, 'provider'::text, 'nobody'::text]))),
    CONSTRAINT audit_events_outcome_ck CHECK ((outcome = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.audit_events_default FORCE ROW LEVEL SECURITY;

CREATE TABLE public.billing_targets (
    name text NOT NULL,
    url text NOT NULL,
    secret_version integer DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT billing_targets_name_ck CHECK ((name = 'invoices'::text))
);

ALTER TABLE ONLY public.billing_targets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.billing_targets IS 'Where the provider wants invoices sent';

CREATE TABLE public.break_glass_policies (
    tenant_id uuid NOT NULL,
    rules jsonb DEFAULT '[]'::jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.break_glass_policies FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.break_glass_policies IS 'Which groups may take emergency access to which assets, and for how long; without a row nobody';

CREATE TABLE public.break_glass_uses (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    rule text NOT NULL,
    used_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    review_due_at timestamp with time zone NOT NULL,
    told_late_at timestamp with time zone,
    outcome text,
    reviewed_at timestamp with time zone,
    reviewed_by uuid,
    remark text,
    CONSTRAINT break_glass_uses_outcome_ck CHECK ((outcome = ANY (ARRAY['accepted'::text, 'objected'::text]))),
    CONSTRAINT break_glass_uses_reviewed_ck CHECK (((outcome IS NULL) = (reviewed_at IS NULL)))
);

ALTER TABLE ONLY public.break_glass_uses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.break_glass_uses IS 'Each time that somebody took emergency access, and who has looked at it since';

CREATE TABLE public.browser_sign_ins (
    tenant_id uuid NOT NULL,
    state_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    identity_provider_id uuid NOT NULL,
    tester_id uuid,
    return_path text,
    expires_at timestamp with time zone NOT NULL,
    outcome jsonb,
    code_hash bytea,
    network text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    web_session_id uuid,
    CONSTRAINT browser_sign_ins_hashes_ck CHECK (((octet_length(state_hash) = 32) AND (octet_length(browser_hash) = 32))),
    CONSTRAINT browser_sign_ins_network_ck CHECK ((length(network) <= 64)),
    CONSTRAINT browser_sign_ins_outcome_ck CHECK (((outcome IS NULL) = (code_hash IS NULL))),
    CONSTRAINT browser_sign_ins_path_ck CHECK (((return_path IS NULL) OR ((return_path ~ '^/([^/]|$)'::text) AND (length(return_path) <= 500)))),
    CONSTRAINT browser_sign_ins_session_ck CHECK (((web_session_id IS NULL) OR (tester_id IS NOT NULL)))
);

ALTER TABLE ONLY public.browser_sign_ins FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.browser_sign_ins IS 'Sign-ins that are at an identity provider: each comes back once, with the browser that left; a tester tries the provider out and is not signed in';

CREATE TABLE public.cas_tickets (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    ticket_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT cas_tickets_hash_ck CHECK ((octet_length(ticket_hash) = 32))
);

ALTER TABLE ONLY public.cas_tickets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.cas_tickets IS 'Tickets that a browser brought from a CAS server: none counts twice here, whatever the server says to it';

CREATE TABLE public.code_factors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    address text NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    channel text NOT NULL,
    CONSTRAINT code_factors_address_ck CHECK (((length(address) >= 3) AND (length(address) <= 254))),
    CONSTRAINT code_factors_channel_ck CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text])))
);

ALTER TABLE ONLY public.code_factors FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.code_factors IS 'People who confirm with codes that are sent to them: the address or number at which they have shown that they get them';

CREATE TABLE public.commands (
    tenant_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    command_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_name text NOT NULL,
    asset_name text NOT NULL,
    account_name text NOT NULL,
    line text NOT NULL,
    verdict text DEFAULT 'allow'::text NOT NULL,
    confidence text DEFAULT 'high'::text NOT NULL,
    offset_us bigint NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.commands FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.commands IS 'Command lines seen in sessions';

CREATE TABLE public.commands_default (
    tenant_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    command_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_name text NOT NULL,
    asset_name text NOT NULL,
    account_name text NOT NULL,
    line text NOT NULL,
    verdict text DEFAULT 'allow'::text NOT NULL,
    confidence text DEFAULT 'high'::text NOT NULL,
    offset_us bigint NOT NULL
);

ALTER TABLE ONLY public.commands_default FORCE ROW LEVEL SECURITY;

CREATE TABLE public.decision_challenges (
    tenant_id uuid NOT NULL,
    challenge_hash bytea NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    result bytea NOT NULL,
    nonce bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.decision_challenges FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.decision_challenges IS 'What passkeys were asked to sign about requests, once each: a challenge is made of person, request, level, and the digests before and after';

CREATE TABLE public.decision_links (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    webhook_id uuid,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.decision_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.decision_links IS 'Single-use links by which an approver decides from a message, by the hash of their token';

CREATE TABLE public.delegations (
    tenant_id uuid NOT NULL,
    delegation_id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT delegations_self_ck CHECK ((from_id <> to_id)),
    CONSTRAINT delegations_time_ck CHECK ((ends_at > starts_at))
);

ALTER TABLE ONLY public.delegations FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.delegations IS 'Who answers requests in whose seat while they are away';

CREATE TABLE public.device_links (
    tenant_id uuid NOT NULL,
    admission_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    code text NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    client_address text NOT NULL,
    looks integer DEFAULT 0 NOT NULL,
    user_id uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    network text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    by_provider boolean DEFAULT false NOT NULL,
    second_factor_by text,
    CONSTRAINT device_links_address_ck CHECK (((length(client_address) >= 1) AND (length(client_address) <= 64))),
    CONSTRAINT device_links_code_ck CHECK ((code ~ '^[A-Z]{4}-[A-Z]{4}$'::text)),
    CONSTRAINT device_links_login_ck CHECK (((length(login) >= 1) AND (length(login) <= 64))),
    CONSTRAINT device_links_looks_ck CHECK (((looks >= 0) AND (looks <= 1000))),
    CONSTRAINT device_links_network_ck CHECK ((length(network) <= 64)),
    CONSTRAINT device_links_token_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.device_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.device_links IS 'Somebody at a gateway who signs in with a browser: the admission that waits, and the person who confirmed it';

CREATE TABLE public.duty_separations (
    tenant_id uuid NOT NULL,
    is_on boolean DEFAULT false NOT NULL,
    since timestamp with time zone,
    wanted boolean,
    wanted_by uuid,
    wanted_at timestamp with time zone,
    CONSTRAINT duty_separations_wanted_ck CHECK (((wanted IS NULL) = (wanted_at IS NULL)))
);

ALTER TABLE ONLY public.duty_separations FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.duty_separations IS 'Whether the administrators of a tenant are divided into three duties, and who wants that changed';

CREATE TABLE public.egress_allowances (
    tenant_id uuid NOT NULL,
    host text NOT NULL,
    port integer NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.egress_allowances FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.egress_allowances IS 'Private addresses that an administrator opened for outgoing calls';

CREATE TABLE public.events (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    sequence bigint NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    dispatched_at timestamp with time zone,
    dead_at timestamp with time zone,
    last_error text,
    urgent boolean DEFAULT false NOT NULL,
    org_id uuid
);

ALTER TABLE ONLY public.events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.events IS 'Domain events on their way to subscribers';

COMMENT ON COLUMN public.events.urgent IS 'Takes something away from somebody: it waits for no other event, and comes in no order with others';

COMMENT ON COLUMN public.events.org_id IS 'The organization of the subject, for webhooks that belong to one';

ALTER TABLE public.events ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.face_checks (
    tenant_id uuid NOT NULL,
    face_check_id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    sign_in_id uuid,
    web_session_id uuid,
    context_hash bytea NOT NULL,
    client_address text,
    portal text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    code_hash bytea,
    sealed_vector bytea,
    CONSTRAINT face_checks_place_ck CHECK ((((purpose = 'sign-in'::text) = (sign_in_id IS NOT NULL)) AND ((purpose <> 'sign-in'::text) = (web_session_id IS NOT NULL)))),
    CONSTRAINT face_checks_purpose_ck CHECK ((purpose = ANY (ARRAY['sign-in'::text, 'step-up'::text, 'enrol'::text]))),
    CONSTRAINT face_checks_vector_ck CHECK (((sealed_vector IS NULL) OR (purpose = 'enrol'::text)))
);

ALTER TABLE ONLY public.face_checks FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.face_checks IS 'Somebody who is to show their face: good once, for a minute, and only where it was begun';

COMMENT ON COLUMN public.face_checks.code_hash IS 'What the browser that was before the camera brings back; set once the face was right';

CREATE TABLE public.face_components (
    tenant_id uuid NOT NULL,
    page_url text,
    enabled boolean DEFAULT false NOT NULL,
    liveness boolean DEFAULT true NOT NULL,
    tenant_key_id uuid,
    sealed_key bytea,
    key_made_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    version integer NOT NULL,
    CONSTRAINT face_components_key_ck CHECK ((((tenant_key_id IS NULL) = (sealed_key IS NULL)) AND ((sealed_key IS NULL) = (key_made_at IS NULL)))),
    CONSTRAINT face_components_page_ck CHECK (((length(page_url) >= 8) AND (length(page_url) <= 500)))
);

ALTER TABLE ONLY public.face_components FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.face_components IS 'The service by which a company looks at faces: its page, and the key that it signs with';

COMMENT ON COLUMN public.face_components.liveness IS 'Whether it must say that a living person was before the camera';

CREATE TABLE public.face_factors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed_vector bytea NOT NULL,
    enrolled_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.face_factors FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.face_factors IS 'People who confirm with their face: its 128 numbers, sealed, and nothing else of it; with their consent of that moment';

CREATE TABLE public.familiar_addresses (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    signed_in_at timestamp with time zone NOT NULL,
    failed_attempts integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT familiar_addresses_address_ck CHECK (((length(address) >= 2) AND (length(address) <= 64))),
    CONSTRAINT familiar_addresses_failures_ck CHECK ((failed_attempts >= 0))
);

ALTER TABLE ONLY public.familiar_addresses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.familiar_addresses IS 'Where people came in from lately, with the failures there: those from elsewhere do not hold them there';

CREATE TABLE public.familiar_browsers (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    agent_hash bytea NOT NULL,
    signed_in_at timestamp with time zone NOT NULL,
    CONSTRAINT familiar_browsers_hash_ck CHECK ((length(agent_hash) = 32))
);

ALTER TABLE ONLY public.familiar_browsers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.familiar_browsers IS 'With which kinds of browsers people came in lately, by a hash of the name without its numbers';

CREATE TABLE public.familiar_places (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    place_key text NOT NULL,
    country text NOT NULL,
    city_id bigint,
    folded_name text NOT NULL,
    signed_in_at timestamp with time zone NOT NULL,
    CONSTRAINT familiar_places_country_ck CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT familiar_places_key_ck CHECK ((length(place_key) <= 700)),
    CONSTRAINT familiar_places_name_ck CHECK ((length(folded_name) <= 600))
);

ALTER TABLE ONLY public.familiar_places FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.familiar_places IS 'From which countries and cities people came in within a year';

CREATE TABLE public.flow_approvers (
    tenant_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    level integer NOT NULL,
    flow_approver_id uuid NOT NULL,
    user_id uuid,
    group_id uuid,
    role_id uuid,
    part text DEFAULT 'level'::text NOT NULL,
    relation text,
    CONSTRAINT flow_approvers_one_ck CHECK ((num_nonnulls(user_id, group_id, role_id, relation) = 1)),
    CONSTRAINT flow_approvers_part_ck CHECK ((part = ANY (ARRAY['level'::text, 'escalation'::text]))),
    CONSTRAINT flow_approvers_relation_ck CHECK ((relation = ANY (ARRAY['asset-owner'::text, 'node-owner'::text, 'manager'::text])))
);

ALTER TABLE ONLY public.flow_approvers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.flow_approvers IS 'Who may decide on a level, at once or once it has waited: a person, a group, a role, or who has to do with what is asked for';

CREATE TABLE public.flow_copies (
    tenant_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    flow_copy_id uuid NOT NULL,
    user_id uuid,
    group_id uuid,
    CONSTRAINT flow_copies_one_ck CHECK ((num_nonnulls(user_id, group_id) = 1))
);

ALTER TABLE ONLY public.flow_copies FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.flow_copies IS 'Who is told of the requests of a flow without deciding';

CREATE TABLE public.flow_levels (
    tenant_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    level integer NOT NULL,
    name text NOT NULL,
    webhook_id uuid,
    quorum integer DEFAULT 1 NOT NULL,
    deadline_seconds integer DEFAULT 259200 NOT NULL,
    reminder_seconds integer,
    lapse text DEFAULT 'expired'::text NOT NULL,
    escalation_seconds integer,
    needs_passkey boolean DEFAULT false NOT NULL,
    needs_comment text DEFAULT 'never'::text NOT NULL,
    CONSTRAINT flow_levels_comment_ck CHECK ((needs_comment = ANY (ARRAY['never'::text, 'approved'::text, 'rejected'::text, 'always'::text]))),
    CONSTRAINT flow_levels_deadline_ck CHECK (((deadline_seconds >= 60) AND (deadline_seconds <= 2592000))),
    CONSTRAINT flow_levels_escalation_ck CHECK (((escalation_seconds >= 1) AND (escalation_seconds <= deadline_seconds))),
    CONSTRAINT flow_levels_lapse_ck CHECK ((lapse = ANY (ARRAY['expired'::text, 'rejected'::text]))),
    CONSTRAINT flow_levels_level_ck CHECK (((level >= 1) AND (level <= 5))),
    CONSTRAINT flow_levels_quorum_ck CHECK (((quorum >= 1) AND (quorum <= 10))),
    CONSTRAINT flow_levels_reminder_ck CHECK (((reminder_seconds >= 1) AND (reminder_seconds <= deadline_seconds)))
);

ALTER TABLE ONLY public.flow_levels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.flow_levels IS 'The levels of a flow; a level may be asked through a webhook as well as in the portal';

COMMENT ON COLUMN public.flow_levels.needs_comment IS 'Which answers are given with a comment only';

CREATE TABLE public.flows (
    tenant_id uuid NOT NULL,
    flow_id uuid NOT NULL,
    name text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    priority integer DEFAULT 100 NOT NULL,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    is_parallel boolean DEFAULT false NOT NULL,
    approves_low_risk boolean DEFAULT false NOT NULL,
    unused_after_seconds integer,
    CONSTRAINT flows_default_ck CHECK (((NOT is_default) OR is_enabled)),
    CONSTRAINT flows_priority_ck CHECK (((priority >= 1) AND (priority <= 10000))),
    CONSTRAINT flows_unused_ck CHECK (((unused_after_seconds >= 60) AND (unused_after_seconds <= 31536000)))
);

ALTER TABLE ONLY public.flows FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.flows IS 'How requests are decided: the flows of the nearest organization are tried first, by priority, the default one last';

CREATE TABLE public.gatehouse_migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.gatehouse_migrations IS 'Which files of Migrations/ were applied, and their SHA-256';

CREATE TABLE public.grant_accounts (
    tenant_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    kind text NOT NULL,
    name text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT grant_accounts_kind_ck CHECK ((kind = ANY (ARRAY['name'::text, 'all'::text, 'same'::text, 'exclude'::text]))),
    CONSTRAINT grant_accounts_name_ck CHECK (((kind = ANY (ARRAY['name'::text, 'exclude'::text])) = (name <> ''::text)))
);

ALTER TABLE ONLY public.grant_accounts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grant_accounts IS 'Which accounts a grant opens: names, @all, @same, and exclusions';

CREATE TABLE public.grant_assets (
    tenant_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    grant_id uuid NOT NULL
);

ALTER TABLE ONLY public.grant_assets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grant_assets IS 'Grants by asset';

CREATE TABLE public.grant_groups (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    grant_id uuid NOT NULL
);

ALTER TABLE ONLY public.grant_groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grant_groups IS 'Grants by group';

CREATE TABLE public.grant_nodes (
    tenant_id uuid NOT NULL,
    node_id uuid NOT NULL,
    grant_id uuid NOT NULL
);

ALTER TABLE ONLY public.grant_nodes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grant_nodes IS 'Grants by node, with everything below it';

CREATE TABLE public.grants (
    tenant_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    name text NOT NULL,
    effect text DEFAULT 'allow'::text NOT NULL,
    source text NOT NULL,
    ticket_id uuid,
    protocols text[] NOT NULL,
    actions text[] NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    weekly jsonb,
    state text DEFAULT 'active'::text NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by uuid,
    revoke_reason text,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    ended_at timestamp with time zone,
    ended_because text,
    unused_after integer,
    unused_at timestamp with time zone,
    remind_at timestamp with time zone,
    strict_recording boolean DEFAULT false NOT NULL,
    CONSTRAINT grants_effect_ck CHECK ((effect = ANY (ARRAY['allow'::text, 'deny'::text]))),
    CONSTRAINT grants_ended_ck CHECK ((ended_because = ANY (ARRAY['time'::text, 'handed-back'::text, 'unused'::text]))),
    CONSTRAINT grants_ended_state_ck CHECK (((ended_because IS NULL) OR (state = 'ended'::text))),
    CONSTRAINT grants_source_ck CHECK ((source = ANY (ARRAY['administrator'::text, 'ticket'::text]))),
    CONSTRAINT grants_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'revoked'::text, 'ended'::text]))),
    CONSTRAINT grants_ticket_ck CHECK (((source = 'ticket'::text) = (ticket_id IS NOT NULL))),
    CONSTRAINT grants_unused_ck CHECK ((unused_after > 0)),
    CONSTRAINT grants_window_ck CHECK (((ends_at IS NULL) OR (ends_at > starts_at)))
);

ALTER TABLE ONLY public.grants FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grants IS 'Indivisible: these subjects, objects, accounts, protocols and actions in this window';

COMMENT ON COLUMN public.grants.ended_because IS 'Why it ended, for what has ended since this is written down';

COMMENT ON COLUMN public.grants.unused_after IS 'Seconds after its start within which somebody has to use it, or it ends';

COMMENT ON COLUMN public.grants.unused_at IS 'When it is looked at whether somebody has used it; null once that is settled';

COMMENT ON COLUMN public.grants.remind_at IS 'When its person is told of its end the next time';

COMMENT ON COLUMN public.grants.strict_recording IS 'Every byte of a session on it is on the disk before it is relayed';

CREATE VIEW public.grant_states WITH (security_invoker='true') AS
 SELECT grants.tenant_id,
    grants.grant_id,
    grants.state,
    grants.starts_at,
    grants.ends_at
   FROM public.grants;

CREATE TABLE public.grant_users (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    grant_id uuid NOT NULL
);

ALTER TABLE ONLY public.grant_users FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.grant_users IS 'Grants by user';

CREATE TABLE public.sessions (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    user_name text NOT NULL,
    asset_id uuid NOT NULL,
    asset_name text NOT NULL,
    account_id uuid NOT NULL,
    account_name text NOT NULL,
    protocol text NOT NULL,
    channel text NOT NULL,
    command_line text,
    grant_id uuid,
    worker_id uuid NOT NULL,
    client_address text,
    entrance text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    connected_at timestamp with time zone,
    ended_at timestamp with time zone,
    closed_at timestamp with time zone,
    end_reason text,
    end_text text,
    exit_status bigint,
    hours_until timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    report_sequence bigint DEFAULT 0 NOT NULL,
    fact_sequence bigint DEFAULT 0 NOT NULL,
    seconds bigint DEFAULT 0 NOT NULL,
    bytes_in bigint DEFAULT 0 NOT NULL,
    bytes_out bigint DEFAULT 0 NOT NULL,
    recorded_bytes bigint DEFAULT 0 NOT NULL,
    command_count bigint DEFAULT 0 NOT NULL,
    recording_id uuid NOT NULL,
    trace_id text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT sessions_channel_ck CHECK ((channel = ANY (ARRAY['shell'::text, 'exec'::text]))),
    CONSTRAINT sessions_entrance_ck CHECK ((entrance = ANY (ARRAY['ssh'::text, 'web'::text]))),
    CONSTRAINT sessions_state_ck CHECK ((state = ANY (ARRAY['pending'::text, 'live'::text, 'ended'::text])))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sessions IS 'Connections to assets; names are kept as they were';

CREATE VIEW public.grant_uses WITH (security_invoker='true') AS
 SELECT sessions.tenant_id,
    sessions.grant_id,
    sessions.created_at,
    sessions.session_id,
    sessions.command_count
   FROM public.sessions
  WHERE (sessions.grant_id IS NOT NULL);

CREATE TABLE public.groups (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    identity_provider_id uuid,
    directory_id text COLLATE pg_catalog."C",
    left_at timestamp with time zone
);

ALTER TABLE ONLY public.groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.groups IS 'Sets of users';

COMMENT ON COLUMN public.groups.identity_provider_id IS 'The provider that says how the group is called and who is in it; null for one kept by hand';

COMMENT ON COLUMN public.groups.directory_id IS 'What tells the group from others in the directory, and stays when it is renamed';

COMMENT ON COLUMN public.groups.left_at IS 'Since when the directory has the group no more';

CREATE VIEW public.group_directory WITH (security_invoker='true') AS
 SELECT groups.tenant_id,
    groups.group_id,
    groups.name
   FROM public.groups;

CREATE TABLE public.group_members (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.group_members FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.group_members IS 'Who is in which group';

CREATE TABLE public.host_keys (
    tenant_id uuid NOT NULL,
    host_key_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    algorithm text NOT NULL,
    fingerprint text NOT NULL,
    public_key bytea NOT NULL,
    state text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT host_keys_state_ck CHECK ((state = ANY (ARRAY['seen'::text, 'pinned'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.host_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.host_keys IS 'Host keys of assets: seen by a worker, pinned or refused by an administrator';

CREATE TABLE public.idempotency_keys (
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    is_committed boolean DEFAULT false NOT NULL,
    answer bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.idempotency_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.idempotency_keys IS 'What a POST with an Idempotency-Key answered, sealed; is_committed says that its effect is there; the provider is tenant 0';

CREATE TABLE public.identity_bindings (
    tenant_id uuid NOT NULL,
    web_session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_bindings_hash_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.identity_bindings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_bindings IS 'Accounts at providers that people have shown to be theirs and not bound yet: one for each browser, until its person confirms';

CREATE TABLE public.identity_challenges (
    tenant_id uuid NOT NULL,
    sign_in_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    identity_provider_id uuid NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    user_id uuid,
    server text NOT NULL,
    sealed_state bytea NOT NULL,
    round integer NOT NULL,
    client_address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    after_provider_id uuid,
    CONSTRAINT identity_challenges_round_ck CHECK (((round >= 1) AND (round <= 5)))
);

ALTER TABLE ONLY public.identity_challenges FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_challenges IS 'Sign-ins that wait for the answer to a question of an identity provider; its state is sealed for a few minutes';

COMMENT ON COLUMN public.identity_challenges.after_provider_id IS 'Who showed the first step, if it was a provider: one that is switched off meanwhile has shown nothing';

CREATE TABLE public.identity_given_groups (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    group_id uuid NOT NULL
);

ALTER TABLE ONLY public.identity_given_groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_given_groups IS 'Memberships that a rule gave, and may take back; what was given by hand is not here';

CREATE TABLE public.identity_given_places (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    org_id uuid NOT NULL
);

ALTER TABLE ONLY public.identity_given_places FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_given_places IS 'Places in organizations that a rule gave, and may take back; who was moved by hand is not here';

CREATE TABLE public.identity_given_roles (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    lent_until timestamp with time zone,
    org_id uuid NOT NULL
);

ALTER TABLE ONLY public.identity_given_roles FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_given_roles IS 'Roles that a rule gave, and may take back; what was given by hand is not here';

COMMENT ON COLUMN public.identity_given_roles.lent_until IS 'Until when the person had the role on loan when the rule gave it';

COMMENT ON COLUMN public.identity_given_roles.org_id IS 'Where the role was given';

CREATE TABLE public.identity_links (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_sign_in_at timestamp with time zone,
    left_at timestamp with time zone,
    bound_by_user boolean DEFAULT false NOT NULL,
    account text,
    directory_dn text COLLATE pg_catalog."C",
    manager_dn text COLLATE pg_catalog."C",
    CONSTRAINT identity_links_account_ck CHECK (((account IS NOT NULL) = bound_by_user))
);

ALTER TABLE ONLY public.identity_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_links IS 'Who a person is at a provider: one subject for one user, and never another';

COMMENT ON COLUMN public.identity_links.bound_by_user IS 'The person made the link: it lets them in, and vouches for nothing else';

COMMENT ON COLUMN public.identity_links.account IS 'What the account there was called when the person bound it';

COMMENT ON COLUMN public.identity_links.directory_dn IS 'Where the person stands in the directory, as the last sync saw it';

COMMENT ON COLUMN public.identity_links.manager_dn IS 'Where the one stands to whom they report';

CREATE TABLE public.identity_logout_tokens (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_logout_tokens_hash_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.identity_logout_tokens FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_logout_tokens IS 'Logout tokens that were taken, for as long as they are good: one that comes twice ends nothing that began after it';

CREATE TABLE public.identity_provider_rules (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    rule_number integer NOT NULL,
    directory_group text,
    role_id uuid,
    group_id uuid,
    conditions jsonb DEFAULT '[]'::jsonb NOT NULL,
    org_id uuid,
    CONSTRAINT identity_provider_rules_condition_ck CHECK (((directory_group IS NOT NULL) OR (jsonb_array_length(conditions) > 0))),
    CONSTRAINT identity_provider_rules_one_ck CHECK (((num_nonnulls(role_id, group_id) = 1) OR ((num_nonnulls(role_id, group_id) = 0) AND (org_id IS NOT NULL) AND (org_id <> tenant_id)))),
    CONSTRAINT identity_provider_rules_org_ck CHECK (((org_id IS NULL) OR (group_id IS NULL)))
);

ALTER TABLE ONLY public.identity_provider_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_provider_rules IS 'What people of a provider get here of whom all conditions hold: a role, a group or a place in an organization';

COMMENT ON COLUMN public.identity_provider_rules.conditions IS 'What must hold besides the group, if there is one';

COMMENT ON COLUMN public.identity_provider_rules.org_id IS 'Where the role is given, null for where the person belongs; without a role or a group, where the person is to belong';

CREATE TABLE public.identity_providers (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    "position" integer NOT NULL,
    enabled boolean NOT NULL,
    domains text[] DEFAULT '{}'::text[] NOT NULL,
    creates_users boolean NOT NULL,
    links_users boolean NOT NULL,
    settings jsonb NOT NULL,
    tenant_key_id uuid,
    sealed_secret bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    binds_users boolean DEFAULT false NOT NULL,
    CONSTRAINT identity_providers_kind_ck CHECK ((kind = ANY (ARRAY['ldap'::text, 'radius'::text, 'oidc'::text, 'oauth2'::text, 'cas'::text, 'saml'::text, 'messenger'::text]))),
    CONSTRAINT identity_providers_position_ck CHECK ((("position" >= 1) AND ("position" <= 1000))),
    CONSTRAINT identity_providers_secret_ck CHECK (((tenant_key_id IS NULL) = (sealed_secret IS NULL)))
);

ALTER TABLE ONLY public.identity_providers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_providers IS 'Where else people of a tenant prove who they are; the secret is sealed by the tenant key';

COMMENT ON COLUMN public.identity_providers.binds_users IS 'Whether people may bind an account there to their own by themselves';

CREATE TABLE public.identity_sessions (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    session_number bigint NOT NULL,
    user_id uuid NOT NULL,
    subject_hash bytea NOT NULL,
    session_hash bytea,
    created_at timestamp with time zone NOT NULL,
    name text,
    session text,
    ends_at timestamp with time zone,
    CONSTRAINT identity_sessions_hashes_ck CHECK (((octet_length(subject_hash) = 32) AND (octet_length(session_hash) = 32)))
);

ALTER TABLE ONLY public.identity_sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_sessions IS 'By which sessions at identity providers people came in, so that the end of one there is the end here';

COMMENT ON COLUMN public.identity_sessions.ends_at IS 'Until when the session at the provider lasts; null if it did not say';

ALTER TABLE public.identity_sessions ALTER COLUMN session_number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.identity_sessions_session_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.identity_sync_edges (
    tenant_id uuid NOT NULL,
    identity_sync_run_id uuid NOT NULL,
    attempt integer NOT NULL,
    parent text NOT NULL COLLATE pg_catalog."C",
    child text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.identity_sync_edges FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_sync_edges IS 'Who is directly in which group, and which group has which plain name, while a run lasts';

CREATE UNLOGGED TABLE public.identity_sync_entries (
    tenant_id uuid NOT NULL,
    identity_sync_run_id uuid NOT NULL,
    attempt integer NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    dn text NOT NULL COLLATE pg_catalog."C",
    login text COLLATE pg_catalog."C",
    name text,
    email text,
    user_id uuid NOT NULL,
    verdict text,
    manager_dn text COLLATE pg_catalog."C",
    facts jsonb
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.identity_sync_entries FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_sync_entries IS 'People as the provider has them, while a run lasts; user_id is for those who are created';

COMMENT ON COLUMN public.identity_sync_entries.facts IS 'The conditions of rules that hold by what stands in the entry';

CREATE UNLOGGED TABLE public.identity_sync_groups (
    tenant_id uuid NOT NULL,
    identity_sync_run_id uuid NOT NULL,
    attempt integer NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    dn text NOT NULL COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    group_id uuid NOT NULL,
    is_known boolean DEFAULT false NOT NULL,
    verdict text
);

ALTER TABLE ONLY public.identity_sync_groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_sync_groups IS 'Groups as the provider has them, while a run lasts; group_id is that of the group here, or of one to be made';

CREATE TABLE public.identity_sync_runs (
    tenant_id uuid NOT NULL,
    identity_sync_run_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    may_disable integer,
    asked_by text,
    attempt integer DEFAULT 0 NOT NULL,
    entries integer DEFAULT 0 NOT NULL,
    report jsonb,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    may_remove integer,
    CONSTRAINT identity_sync_runs_kind_ck CHECK ((kind = ANY (ARRAY['preview'::text, 'run'::text]))),
    CONSTRAINT identity_sync_runs_may_disable_ck CHECK ((may_disable >= 0)),
    CONSTRAINT identity_sync_runs_may_remove_ck CHECK ((may_remove >= 0)),
    CONSTRAINT identity_sync_runs_over_ck CHECK (((state = ANY (ARRAY['waiting'::text, 'running'::text])) = (finished_at IS NULL))),
    CONSTRAINT identity_sync_runs_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'held'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.identity_sync_runs FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_sync_runs IS 'Runs of syncs and what they did, or would have done; asked_by is null for the schedule, attempt counts who took it up';

CREATE TABLE public.identity_syncs (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    filter text,
    interval_minutes integer,
    creates_users boolean DEFAULT true NOT NULL,
    disables_leavers boolean DEFAULT false NOT NULL,
    leaver_percent integer DEFAULT 20 NOT NULL,
    previewed_at timestamp with time zone,
    next_run_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    imports_groups boolean DEFAULT false NOT NULL,
    group_filter text,
    CONSTRAINT identity_syncs_interval_ck CHECK (((interval_minutes >= 15) AND (interval_minutes <= 10080))),
    CONSTRAINT identity_syncs_next_ck CHECK (((interval_minutes IS NULL) = (next_run_at IS NULL))),
    CONSTRAINT identity_syncs_percent_ck CHECK (((leaver_percent >= 1) AND (leaver_percent <= 100)))
);

ALTER TABLE ONLY public.identity_syncs FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.identity_syncs IS 'How the people of a provider are kept up with; nothing is changed before a preview was seen';

CREATE TABLE public.installation_keys (
    purpose text NOT NULL,
    key_id uuid NOT NULL,
    master_key_id text NOT NULL,
    public_key bytea,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.installation_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.installation_keys IS 'Keys of the installation itself (grant signing, tokens, cursors), wrapped by the master key';

CREATE TABLE public.invoices (
    tenant_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    month text NOT NULL,
    number text NOT NULL,
    currency text NOT NULL,
    total bigint NOT NULL,
    document bytea NOT NULL,
    sha256 bytea NOT NULL,
    received_before timestamp with time zone NOT NULL,
    finalised_at timestamp with time zone NOT NULL,
    pushed_at timestamp with time zone,
    CONSTRAINT invoices_month_ck CHECK ((month ~ '^2[0-9]{3}-(0[1-9]|1[0-2])$'::text))
);

ALTER TABLE ONLY public.invoices FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.invoices IS 'What tenants were billed, final: what comes in later is corrected by the next invoice';

CREATE TABLE public.jobs (
    job_id uuid NOT NULL,
    for_tenant uuid,
    kind text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 12 NOT NULL,
    locked_until timestamp with time zone,
    locked_by text,
    last_error text,
    dedupe_key text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    lane uuid GENERATED ALWAYS AS (COALESCE(for_tenant, '00000000-0000-0000-0000-000000000000'::uuid)) STORED NOT NULL,
    CONSTRAINT jobs_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.jobs FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.jobs IS 'Work to be done later, claimed with for update skip locked';

CREATE TABLE public.mails (
    tenant_id uuid NOT NULL,
    mail_id uuid NOT NULL,
    kind text NOT NULL,
    sealed bytea,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT mails_sealed_ck CHECK (((state = 'pending'::text) = (sealed IS NOT NULL))),
    CONSTRAINT mails_state_ck CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.mails FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.mails IS 'Mails to one recipient each, sealed by a key of the installation until they are sent or given up; the provider is tenant 0';

CREATE TABLE public.messenger_cards (
    tenant_id uuid NOT NULL,
    card_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    ticket_id uuid,
    user_id uuid,
    nonce text NOT NULL,
    level integer,
    digest text,
    shown bytea,
    address text,
    handle jsonb,
    state text DEFAULT 'open'::text NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    updated_at timestamp with time zone,
    notice jsonb,
    occasion text,
    fallback_at timestamp with time zone,
    told_at timestamp with time zone,
    leased_until timestamp with time zone,
    CONSTRAINT messenger_cards_about_ck CHECK (((ticket_id IS NULL) = (notice IS NOT NULL))),
    CONSTRAINT messenger_cards_occasion_ck CHECK (((notice IS NULL) = (occasion IS NULL))),
    CONSTRAINT messenger_cards_state_ck CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'dead'::text]))),
    CONSTRAINT messenger_cards_user_ck CHECK (((user_id IS NOT NULL) OR (ticket_id IS NULL)))
);

ALTER TABLE ONLY public.messenger_cards FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messenger_cards IS 'One request in front of one approver, whose card is followed until the request is over; or one notice in front of one person';

COMMENT ON COLUMN public.messenger_cards.user_id IS 'Whose it is; null for a notice in a room';

COMMENT ON COLUMN public.messenger_cards.nonce IS 'What its buttons carry, and nothing else of it';

COMMENT ON COLUMN public.messenger_cards.digest IS 'Of what it has shown: a click decides about nothing else';

COMMENT ON COLUMN public.messenger_cards.shown IS 'What was sent last, as a hash: the same is not sent twice';

COMMENT ON COLUMN public.messenger_cards.handle IS 'By which the vendor updates it; null as long as it was not sent';

COMMENT ON COLUMN public.messenger_cards.revision IS 'Grows with every news, so that news that comes while it is sent are not lost';

COMMENT ON COLUMN public.messenger_cards.due_at IS 'When it is looked at next; null if nothing waits';

COMMENT ON COLUMN public.messenger_cards.notice IS 'Title, text and link of what is no request';

COMMENT ON COLUMN public.messenger_cards.occasion IS 'What a notice is told for, once';

COMMENT ON COLUMN public.messenger_cards.fallback_at IS 'When the approver is told another way, unless the vendor has the card by then; null if that is done or of no use';

COMMENT ON COLUMN public.messenger_cards.told_at IS 'When that was done';

COMMENT ON COLUMN public.messenger_cards.leased_until IS 'Until when a pump has it in hand, unless it settles it before';

CREATE TABLE public.messenger_channels (
    tenant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    name text NOT NULL,
    vendor text NOT NULL,
    settings jsonb NOT NULL,
    people text NOT NULL,
    identity_provider_id uuid,
    state text DEFAULT 'enabled'::text NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed_secrets bytea NOT NULL,
    callback_hash bytea NOT NULL,
    resting_until timestamp with time zone,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    pace text DEFAULT 'quick'::text NOT NULL,
    trusts_directory boolean DEFAULT false NOT NULL,
    CONSTRAINT messenger_channels_pace_ck CHECK ((pace = ANY (ARRAY['quick'::text, 'slow'::text]))),
    CONSTRAINT messenger_channels_people_ck CHECK ((people = ANY (ARRAY['links'::text, 'email'::text]))),
    CONSTRAINT messenger_channels_state_ck CHECK ((state = ANY (ARRAY['enabled'::text, 'disabled'::text]))),
    CONSTRAINT messenger_channels_vendor_ck CHECK ((vendor = ANY (ARRAY['feishu'::text, 'lark'::text, 'slack'::text, 'dingtalk'::text, 'wecom'::text, 'teams'::text])))
);

ALTER TABLE ONLY public.messenger_channels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messenger_channels IS 'An app at a messenger by which approvers are asked; its secrets and its callback path are sealed together';

COMMENT ON COLUMN public.messenger_channels.people IS 'How people are known there: by their links at a sign-in provider, or by their mail address';

COMMENT ON COLUMN public.messenger_channels.callback_hash IS 'What the path of a callback is looked up by';

COMMENT ON COLUMN public.messenger_channels.resting_until IS 'The vendor asked for a pause: nothing is sent before';

COMMENT ON COLUMN public.messenger_channels.pace IS 'Whether its vendor answered quickly the last time: those that do not have places of their own';

COMMENT ON COLUMN public.messenger_channels.trusts_directory IS 'Whether links count that the provider made by itself, besides those that people have confirmed with a second factor';

CREATE TABLE public.messenger_events (
    tenant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    event_hash bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.messenger_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messenger_events IS 'Callbacks of the last day, so that none counts twice';

CREATE TABLE public.messenger_people (
    tenant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL,
    address text NOT NULL,
    found_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.messenger_people FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messenger_people IS 'Who has which address at a vendor, found by mail address; good for as long as the mail address is the same';

CREATE TABLE public.messenger_streams (
    tenant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    revision integer NOT NULL,
    holder text,
    held_until timestamp with time zone,
    connected_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    retry_at timestamp with time zone NOT NULL,
    problem text,
    detail text,
    failed_at timestamp with time zone,
    CONSTRAINT messenger_streams_problem_ck CHECK ((problem = ANY (ARRAY['refused'::text, 'closed'::text, 'unreachable'::text, 'broken'::text, 'busy'::text])))
);

ALTER TABLE ONLY public.messenger_streams FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.messenger_streams IS 'Channels that a server holds a connection for; there is a row while one is wanted';

COMMENT ON COLUMN public.messenger_streams.revision IS 'The version of the channel that is meant: another one is another connection';

COMMENT ON COLUMN public.messenger_streams.holder IS 'The server that has it, until held_until unless it says so again';

COMMENT ON COLUMN public.messenger_streams.attempts IS 'How often it went wrong without having lasted, by which the next one waits';

CREATE TABLE public.nodes (
    tenant_id uuid NOT NULL,
    node_id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    owner_id uuid
);

ALTER TABLE ONLY public.nodes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.nodes IS 'Folders of the asset tree';

CREATE VIEW public.node_directory WITH (security_invoker='true') AS
 SELECT nodes.tenant_id,
    nodes.node_id,
    nodes.name,
    nodes.owner_id
   FROM public.nodes;

CREATE TABLE public.notice_defaults (
    tenant_id uuid NOT NULL,
    type text NOT NULL,
    channel text NOT NULL,
    is_wanted boolean NOT NULL,
    CONSTRAINT notice_defaults_channel_ck CHECK ((channel = ANY (ARRAY['site'::text, 'mail'::text, 'messenger'::text, 'sms'::text, 'feishu'::text, 'lark'::text, 'slack'::text, 'dingtalk'::text, 'wecom'::text, 'teams'::text])))
);

ALTER TABLE ONLY public.notice_defaults FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_defaults IS 'Where a company has decided otherwise than the product';

CREATE TABLE public.notice_deliveries (
    tenant_id uuid NOT NULL,
    user_id uuid,
    channel text NOT NULL,
    occasion text NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    link text NOT NULL,
    is_digest boolean NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    delivery_id uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT notice_deliveries_channel_ck CHECK ((channel = ANY (ARRAY['mail'::text, 'messenger'::text, 'sms'::text, 'feishu'::text, 'lark'::text, 'slack'::text, 'dingtalk'::text, 'wecom'::text, 'teams'::text]))),
    CONSTRAINT notice_deliveries_state_ck CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
    CONSTRAINT notice_deliveries_user_ck CHECK (((user_id IS NOT NULL) OR (channel = 'teams'::text)))
);

ALTER TABLE ONLY public.notice_deliveries FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_deliveries IS 'Notices on their way outside of the portal: each at most once to a person by each way, and to each room';

COMMENT ON COLUMN public.notice_deliveries.user_id IS 'Whom it is for; null for a room';

CREATE TABLE public.notice_preferences (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    quiet_from integer,
    quiet_to integer,
    time_zone text,
    digest text NOT NULL,
    CONSTRAINT notice_preferences_digest_ck CHECK ((digest = ANY (ARRAY['off'::text, 'hourly'::text, 'daily'::text]))),
    CONSTRAINT notice_preferences_quiet_ck CHECK ((((quiet_from IS NULL) = (quiet_to IS NULL)) AND ((quiet_from >= 0) AND (quiet_from <= 1439)) AND ((quiet_to >= 0) AND (quiet_to <= 1439)) AND (quiet_from <> quiet_to)))
);

ALTER TABLE ONLY public.notice_preferences FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_preferences IS 'When a person wants to be written to; minutes of the day in their time zone';

CREATE TABLE public.notice_rounds (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    groups uuid[] NOT NULL,
    texts jsonb NOT NULL,
    link text NOT NULL,
    told_up_to uuid,
    due_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT notice_rounds_groups_ck CHECK (((cardinality(groups) >= 1) AND (cardinality(groups) <= 1000)))
);

ALTER TABLE ONLY public.notice_rounds FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_rounds IS 'What the members of groups are told, some at a time, of an event';

COMMENT ON COLUMN public.notice_rounds.told_up_to IS 'How far the round has come, by the ids of people';

COMMENT ON COLUMN public.notice_rounds.due_at IS 'From when on somebody has to tell the next; null if all are told';

CREATE TABLE public.notice_subscriptions (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    type text NOT NULL,
    channel text NOT NULL,
    is_wanted boolean NOT NULL,
    CONSTRAINT notice_subscriptions_channel_ck CHECK ((channel = ANY (ARRAY['site'::text, 'mail'::text, 'messenger'::text, 'sms'::text, 'feishu'::text, 'lark'::text, 'slack'::text, 'dingtalk'::text, 'wecom'::text])))
);

ALTER TABLE ONLY public.notice_subscriptions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_subscriptions IS 'Where a person has decided otherwise than their company';

CREATE TABLE public.notice_templates (
    tenant_id uuid NOT NULL,
    type text NOT NULL,
    channel text NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT notice_templates_channel_ck CHECK ((channel = ANY (ARRAY['site'::text, 'mail'::text, 'messenger'::text, 'sms'::text]))),
    CONSTRAINT notice_templates_language_ck CHECK ((language = ANY (ARRAY['en'::text, 'zh'::text])))
);

ALTER TABLE ONLY public.notice_templates FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.notice_templates IS 'The words of a company for its notices';

CREATE TABLE public.organization_closure (
    tenant_id uuid NOT NULL,
    ancestor_id uuid NOT NULL,
    descendant_id uuid NOT NULL,
    depth integer NOT NULL
);

ALTER TABLE ONLY public.organization_closure FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.organization_closure IS 'Every organization with everything above it, itself included at depth 0';

CREATE VIEW public.organization_ancestry WITH (security_invoker='true') AS
 SELECT organization_closure.tenant_id,
    organization_closure.descendant_id AS org_id,
    organization_closure.ancestor_id
   FROM public.organization_closure;

CREATE TABLE public.organizations (
    tenant_id uuid NOT NULL,
    org_id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    merged_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT organizations_name_ck CHECK ((name <> ''::text)),
    CONSTRAINT organizations_root_ck CHECK (((parent_id IS NULL) = (org_id = tenant_id)))
);

ALTER TABLE ONLY public.organizations FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.organizations IS 'The parts of a tenant, as a tree; the root has the tenant''s own id';

CREATE VIEW public.organization_directory WITH (security_invoker='true') AS
 SELECT organizations.tenant_id,
    organizations.org_id,
    organizations.name
   FROM public.organizations
  WHERE (organizations.merged_at IS NULL);

CREATE TABLE public.organization_setting_values (
    tenant_id uuid NOT NULL,
    org_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT organization_setting_values_key_ck CHECK ((key ~ '^[a-z][a-z.-]{1,98}$'::text)),
    CONSTRAINT organization_setting_values_top_ck CHECK ((org_id <> tenant_id))
);

ALTER TABLE ONLY public.organization_setting_values FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.organization_setting_values IS 'What an organization has set, by the name of the setting; it holds below it too, until something nearer or stricter does';

CREATE TABLE public.passkey_challenges (
    tenant_id uuid NOT NULL,
    passkey_challenge_id uuid NOT NULL,
    challenge_hash bytea NOT NULL,
    purpose text NOT NULL,
    sign_in_id uuid,
    web_session_id uuid,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_challenges_purpose_ck CHECK (
CASE purpose
    WHEN 'sign-in'::text THEN (num_nonnulls(sign_in_id, web_session_id) = 0)
    WHEN 'second-factor'::text THEN ((sign_in_id IS NOT NULL) AND (web_session_id IS NULL))
    WHEN 'enrol'::text THEN ((sign_in_id IS NOT NULL) AND (web_session_id IS NULL))
    WHEN 'add'::text THEN ((sign_in_id IS NULL) AND (web_session_id IS NOT NULL))
    WHEN 'step-up'::text THEN ((sign_in_id IS NULL) AND (web_session_id IS NOT NULL))
    ELSE false
END)
);

ALTER TABLE ONLY public.passkey_challenges FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.passkey_challenges IS 'What passkeys were asked to sign: each is good once, in the sign-in or session that asked';

CREATE TABLE public.passkey_roots (
    tenant_id uuid NOT NULL,
    passkey_root_id uuid NOT NULL,
    subject text NOT NULL,
    fingerprint bytea NOT NULL,
    certificate bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_roots_certificate_ck CHECK (((octet_length(certificate) >= 1) AND (octet_length(certificate) <= 8192))),
    CONSTRAINT passkey_roots_fingerprint_ck CHECK ((fingerprint = sha256(certificate))),
    CONSTRAINT passkey_roots_subject_ck CHECK ((length(subject) <= 1000))
);

ALTER TABLE ONLY public.passkey_roots FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.passkey_roots IS 'Certificate authorities of makers of passkeys that a company has chosen';

CREATE TABLE public.passkeys (
    tenant_id uuid NOT NULL,
    passkey_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    rp_id text NOT NULL COLLATE pg_catalog."C",
    credential_id bytea NOT NULL,
    algorithm integer NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    model uuid NOT NULL,
    transports text[] DEFAULT '{}'::text[] NOT NULL,
    is_backup_eligible boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    counter_fell_at timestamp with time zone,
    CONSTRAINT passkeys_algorithm_ck CHECK ((algorithm = ANY (ARRAY['-7'::integer, '-8'::integer, '-257'::integer]))),
    CONSTRAINT passkeys_count_ck CHECK (((sign_count >= 0) AND (sign_count <= '4294967295'::bigint))),
    CONSTRAINT passkeys_credential_ck CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023)))
);

ALTER TABLE ONLY public.passkeys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.passkeys IS 'Public keys with which people sign in: a key is good at one host name, and belongs to one person';

COMMENT ON COLUMN public.passkeys.counter_fell_at IS 'When a counter came that was not higher than the one before: there may be a copy';

CREATE TABLE public.password_history (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    set_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.password_history FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.password_history IS 'Hashes of passwords that people had before the one in use, the last nine';

CREATE TABLE public.plan_price_lists (
    plan_id uuid NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    prices jsonb NOT NULL
);

ALTER TABLE ONLY public.plan_price_lists FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plan_price_lists IS 'Prices of a plan from a time on; never changed, so that an old invoice can be computed again';

CREATE TABLE public.plans (
    plan_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    currency text NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    soft_percent integer DEFAULT 80 NOT NULL,
    limits jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'offered'::text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT plans_code_ck CHECK ((code ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
    CONSTRAINT plans_currency_ck CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT plans_default_ck CHECK (((NOT is_default) OR (state = 'offered'::text))),
    CONSTRAINT plans_soft_ck CHECK (((soft_percent >= 1) AND (soft_percent <= 100))),
    CONSTRAINT plans_state_ck CHECK ((state = ANY (ARRAY['offered'::text, 'retired'::text])))
);

ALTER TABLE ONLY public.plans FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plans IS 'What the provider sells: limits, and through its price lists what use costs';

CREATE TABLE public.provider_announcements (
    provider_announcement_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    tenants uuid[] NOT NULL,
    for_administrators boolean NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    is_deleted boolean DEFAULT false NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT provider_announcements_length_ck CHECK ((((length(title) >= 1) AND (length(title) <= 120)) AND ((length(body) >= 1) AND (length(body) <= 4000)))),
    CONSTRAINT provider_announcements_tenants_ck CHECK ((cardinality(tenants) <= 1000)),
    CONSTRAINT provider_announcements_time_ck CHECK ((starts_at < ends_at))
);

ALTER TABLE ONLY public.provider_announcements FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_announcements IS 'What the hosting provider tells the people of its tenants for a while';

COMMENT ON COLUMN public.provider_announcements.tenants IS 'For whom it is; all tenants if it is empty';

CREATE TABLE public.provider_audit_events (
    audit_event_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    actor_name text NOT NULL,
    about_tenant uuid,
    outcome text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    trace_id text DEFAULT ''::text NOT NULL,
    client_address text,
    actor_kind text DEFAULT 'provider'::text NOT NULL,
    actor_id text COLLATE pg_catalog."C",
    target_kind text,
    target_id text COLLATE pg_catalog."C",
    target_name text,
    CONSTRAINT provider_audit_events_actor_ck CHECK ((actor_kind = ANY (ARRAY['user'::text, 'worker'::text, 'system'::text, 'provider'::text, 'nobody'::text]))),
    CONSTRAINT provider_audit_events_outcome_ck CHECK ((outcome = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.provider_audit_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_audit_events IS 'What the hosting provider did';

CREATE TABLE public.provider_endpoint_rules (
    single boolean DEFAULT true NOT NULL,
    rules jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT provider_endpoint_rules_rules_ck CHECK ((jsonb_typeof(rules) = 'array'::text)),
    CONSTRAINT provider_endpoint_rules_single_ck CHECK (single)
);

ALTER TABLE ONLY public.provider_endpoint_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_endpoint_rules IS 'The provider''s rules about the gateway that a client is told, after the tenant''s own';

CREATE TABLE public.provider_operators (
    operator_id uuid NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    email text,
    roles text[] NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    password_hash text,
    failed_attempts integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT provider_operators_roles_ck CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['operator'::text, 'billing'::text, 'support'::text]))),
    CONSTRAINT provider_operators_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.provider_operators FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_operators IS 'People of the hosting provider; login is stored case-folded';

CREATE TABLE public.provider_second_factors (
    operator_id uuid NOT NULL,
    sealed bytea NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.provider_second_factors FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_second_factors IS 'Second factors by RFC 6238, sealed by a key of the installation; last_step prevents reuse of a code';

CREATE TABLE public.provider_sessions (
    provider_session_id uuid NOT NULL,
    operator_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    previous_token_hash bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    rotated_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    second_factor_at timestamp with time zone NOT NULL,
    client_address text,
    user_agent text
);

ALTER TABLE ONLY public.provider_sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_sessions IS 'Browsers in which an operator is signed in, by the hash of their cookie';

CREATE TABLE public.provider_settings (
    name text NOT NULL,
    value jsonb NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.provider_settings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_settings IS 'Settings of the hosting provider, by name';

CREATE TABLE public.provider_sign_ins (
    sign_in_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    operator_id uuid NOT NULL,
    stage text NOT NULL,
    second_factor_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    client_address text,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT provider_sign_ins_stage_ck CHECK ((stage = ANY (ARRAY['second-factor'::text, 'enrol'::text, 'invitation'::text])))
);

ALTER TABLE ONLY public.provider_sign_ins FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provider_sign_ins IS 'Operators'' sign-ins that wait for their next step, after the right password or an invitation';

CREATE TABLE public.provisioned_groups (
    tenant_id uuid NOT NULL,
    provisioned_group_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL COLLATE pg_catalog."C",
    external_id text COLLATE pg_catalog."C",
    folded_external text COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.provisioned_groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioned_groups IS 'Groups as a provider''s program knows them; what they are worth here, the provider''s rules say';

CREATE TABLE public.provisioned_members (
    tenant_id uuid NOT NULL,
    provisioned_group_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.provisioned_members FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioned_members IS 'Who is in such a group';

CREATE TABLE public.provisioned_users (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    user_name text NOT NULL COLLATE pg_catalog."C",
    external_id text COLLATE pg_catalog."C",
    profile jsonb NOT NULL,
    left_at timestamp with time zone,
    removed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    facts jsonb
);

ALTER TABLE ONLY public.provisioned_users FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioned_users IS 'People as a provider''s program knows them; left_at is set when it had them disabled, and only then it may let them in again';

COMMENT ON COLUMN public.provisioned_users.facts IS 'The conditions of rules that hold by what the program says of the person';

CREATE TABLE public.provisioning_calls (
    tenant_id uuid NOT NULL,
    provisioning_call_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    client text NOT NULL,
    operation text NOT NULL,
    subject text,
    status integer NOT NULL,
    note text,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.provisioning_calls FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioning_calls IS 'What programs asked for lately that changed something, or went wrong; the latest two hundred of each provider';

CREATE TABLE public.provisioning_clients (
    tenant_id uuid NOT NULL,
    provisioning_client_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    token_hash bytea NOT NULL,
    previous_hash bytea,
    previous_until timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rotated_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT provisioning_clients_previous_ck CHECK (((previous_hash IS NULL) = (previous_until IS NULL)))
);

ALTER TABLE ONLY public.provisioning_clients FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioning_clients IS 'Programs that provision, by the hashes of their tokens; the one before the latest is good for a while';

CREATE TABLE public.provisioning_given_groups (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    group_id uuid NOT NULL
);

ALTER TABLE ONLY public.provisioning_given_groups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioning_given_groups IS 'Memberships that a rule gave by a provisioned group, and may take back';

CREATE TABLE public.provisioning_given_places (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    org_id uuid NOT NULL
);

ALTER TABLE ONLY public.provisioning_given_places FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioning_given_places IS 'Places in organizations that a rule gave by what a program says, and may take back';

CREATE TABLE public.provisioning_given_roles (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    lent_until timestamp with time zone,
    org_id uuid NOT NULL
);

ALTER TABLE ONLY public.provisioning_given_roles FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisioning_given_roles IS 'Roles that a rule gave by a provisioned group, and may take back; what was given by hand or at a sign-in is not here';

COMMENT ON COLUMN public.provisioning_given_roles.lent_until IS 'Until when the person had the role on loan when the rule gave it';

COMMENT ON COLUMN public.provisioning_given_roles.org_id IS 'Where the role was given';

CREATE TABLE public.provisionings (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    enabled boolean DEFAULT false NOT NULL,
    handles_privileged boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.provisionings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.provisionings IS 'Whether the program of a provider may say who its people are, and whether it may shut out those who may do more than the provider gives';

CREATE TABLE public.radius_factors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    rounds integer DEFAULT 0 NOT NULL,
    rounds_since timestamp with time zone,
    silences integer DEFAULT 0 NOT NULL,
    CONSTRAINT radius_factors_rounds_ck CHECK ((rounds >= 0)),
    CONSTRAINT radius_factors_silences_ck CHECK ((silences >= 0))
);

ALTER TABLE ONLY public.radius_factors FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.radius_factors IS 'People who confirm at a RADIUS server: at whose, and how many conversations began there lately';

COMMENT ON COLUMN public.radius_factors.silences IS 'How often in a row a server that was asked to ring said nothing';

CREATE TABLE public.recording_segments (
    tenant_id uuid NOT NULL,
    recording_id uuid NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    chain bytea NOT NULL,
    object_key text NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone,
    recording_store_id uuid
);

ALTER TABLE ONLY public.recording_segments FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.recording_segments IS 'The stored parts of a recording, in order';

CREATE TABLE public.recordings (
    tenant_id uuid NOT NULL,
    recording_id uuid NOT NULL,
    session_id uuid NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    tenant_key_id uuid,
    wrapped_key bytea,
    object_prefix text NOT NULL,
    progress bytea,
    next_sequence bigint DEFAULT 1 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    receipt jsonb,
    started_at timestamp with time zone NOT NULL,
    uploaded_at timestamp with time zone,
    sealed_at timestamp with time zone,
    recording_store_id uuid,
    CONSTRAINT recordings_expired_ck CHECK ((((state = 'expired'::text) = (tenant_key_id IS NULL)) AND ((state = 'expired'::text) = (wrapped_key IS NULL)))),
    CONSTRAINT recordings_state_ck CHECK ((state = ANY (ARRAY['open'::text, 'uploaded'::text, 'complete'::text, 'incomplete'::text, 'absent'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.recordings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.recordings IS 'What happened in sessions; the recording key is wrapped by the tenant key';

CREATE VIEW public.recording_sizes WITH (security_invoker='true') AS
 SELECT recordings.tenant_id,
    recordings.recording_id,
    recordings.bytes
   FROM public.recordings;

CREATE TABLE public.recording_stores (
    tenant_id uuid NOT NULL,
    recording_store_id uuid NOT NULL,
    place text NOT NULL COLLATE pg_catalog."C",
    value jsonb NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.recording_stores FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.recording_stores IS 'Object stores of tenants that recordings lie in; credentials are sealed by the tenant key';

CREATE TABLE public.recovery_codes (
    tenant_id uuid NOT NULL,
    recovery_code_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.recovery_codes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.recovery_codes IS 'One-time replacements for a second factor';

CREATE VIEW public.refused_openings WITH (security_invoker='true') AS
 SELECT audit_events.tenant_id,
    audit_events.at,
    audit_events.actor_id,
    audit_events.target_name,
    (audit_events.details -> 'reasons'::text) AS reasons
   FROM public.audit_events
  WHERE ((audit_events.action = 'session.granted'::text) AND (audit_events.outcome = 'refused'::text) AND (audit_events.actor_kind = 'user'::text));

CREATE TABLE public.remembered_devices (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    factor text NOT NULL,
    client_address text,
    user_agent text,
    remembered_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT remembered_devices_factor_ck CHECK ((factor = ANY (ARRAY['authenticator'::text, 'passkey'::text, 'email'::text, 'sms'::text, 'radius'::text, 'face'::text]))),
    CONSTRAINT remembered_devices_token_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.remembered_devices FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.remembered_devices IS 'Browsers in which somebody showed a second factor and is not asked again for some days, by the hash of a cookie';

CREATE TABLE public.request_templates (
    tenant_id uuid NOT NULL,
    request_template_id uuid NOT NULL,
    org_id uuid NOT NULL,
    owner_id uuid,
    name text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    kind text DEFAULT 'access'::text NOT NULL,
    content jsonb DEFAULT '{}'::jsonb NOT NULL,
    asset_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    node_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    labels jsonb DEFAULT '[]'::jsonb NOT NULL,
    accounts text[] DEFAULT '{}'::text[] NOT NULL,
    actions text[] DEFAULT '{}'::text[] NOT NULL,
    duration_seconds integer NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    group_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT request_templates_content_ck CHECK ((jsonb_typeof(content) = 'object'::text)),
    CONSTRAINT request_templates_duration_ck CHECK (((duration_seconds >= 60) AND (duration_seconds <= 2592000))),
    CONSTRAINT request_templates_kind_ck CHECK ((kind ~ '^[a-z][a-z-]{0,39}$'::text)),
    CONSTRAINT request_templates_own_ck CHECK (((owner_id IS NULL) OR ((group_ids = '{}'::uuid[]) AND (node_ids = '{}'::uuid[]) AND (labels = '[]'::jsonb))))
);

ALTER TABLE ONLY public.request_templates FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.request_templates IS 'Requests that are half filled in, of an organization or of one person';

COMMENT ON COLUMN public.request_templates.owner_id IS 'Whose own it is; null for those that are offered to others';

COMMENT ON COLUMN public.request_templates.group_ids IS 'To whom it is offered; empty for everybody. A group that is gone opens it to nobody';

CREATE TABLE public.role_bindings (
    tenant_id uuid NOT NULL,
    role_id uuid NOT NULL,
    user_id uuid NOT NULL,
    org_id uuid NOT NULL,
    ends_at timestamp with time zone
);

ALTER TABLE ONLY public.role_bindings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.role_bindings IS 'Who has which role at which organization, and so for everything below it';

COMMENT ON COLUMN public.role_bindings.ends_at IS 'When it ends by itself; null for a role that was given to stay';

CREATE TABLE public.roles (
    tenant_id uuid NOT NULL,
    role_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    built_in text,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    scope text DEFAULT 'organization'::text NOT NULL,
    CONSTRAINT roles_built_in_ck CHECK ((built_in = ANY (ARRAY['administrator'::text, 'auditor'::text, 'user'::text, 'system-administrator'::text, 'security-administrator'::text, 'audit-administrator'::text]))),
    CONSTRAINT roles_built_in_plain_ck CHECK (((built_in IS NULL) OR ((permissions = '{}'::text[]) AND (description = ''::text) AND (scope = 'organization'::text)))),
    CONSTRAINT roles_scope_ck CHECK ((scope = ANY (ARRAY['tenant'::text, 'organization'::text])))
);

ALTER TABLE ONLY public.roles FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.roles IS 'Named sets of permissions; a built-in role has the set that the program defines';

CREATE VIEW public.role_directory WITH (security_invoker='true') AS
 SELECT roles.tenant_id,
    roles.role_id,
    roles.name,
    roles.built_in
   FROM public.roles;

CREATE TABLE public.saml_assertions (
    tenant_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    assertion_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT saml_assertions_hash_ck CHECK ((octet_length(assertion_hash) = 32))
);

ALTER TABLE ONLY public.saml_assertions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.saml_assertions IS 'Assertions that were used: none counts twice, and each is kept until it would count no more';

CREATE TABLE public.secret_checkouts (
    tenant_id uuid NOT NULL,
    checkout_id uuid NOT NULL,
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    number integer NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    ended_because text,
    ended_at timestamp with time zone,
    shown_count integer DEFAULT 0 NOT NULL,
    last_shown_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    shown_version integer,
    remind_at timestamp with time zone,
    CONSTRAINT secret_checkouts_end_ck CHECK ((((state = 'active'::text) AND (ended_because IS NULL) AND (ended_at IS NULL)) OR ((state = 'ended'::text) AND (ended_because = ANY (ARRAY['time'::text, 'checked-in'::text, 'revoked'::text, 'holder-gone'::text])) AND (ended_at IS NOT NULL)))),
    CONSTRAINT secret_checkouts_shown_ck CHECK (((shown_count >= 0) AND ((shown_count > 0) = (last_shown_at IS NOT NULL)))),
    CONSTRAINT secret_checkouts_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'ended'::text]))),
    CONSTRAINT secret_checkouts_version_ck CHECK (((shown_version IS NULL) OR ((shown_version > 0) AND (shown_count > 0)))),
    CONSTRAINT secret_checkouts_window_ck CHECK ((ends_at > starts_at))
);

ALTER TABLE ONLY public.secret_checkouts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.secret_checkouts IS 'Secrets of accounts that people were given for a while by a request; never a secret itself';

COMMENT ON COLUMN public.secret_checkouts.shown_version IS 'The version of the secret that its holder has seen last';

COMMENT ON COLUMN public.secret_checkouts.remind_at IS 'When its holder is told of its end the next time';

CREATE TABLE public.secrets (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    version integer NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.secrets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.secrets IS 'Secrets of accounts with their history: each sealed by a data key of its own, which the tenant key wraps';

CREATE TABLE public.sent_codes (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    address text NOT NULL,
    sealed_code bytea NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    channel text NOT NULL,
    CONSTRAINT sent_codes_address_ck CHECK (((length(address) >= 3) AND (length(address) <= 254))),
    CONSTRAINT sent_codes_channel_ck CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT sent_codes_tries_ck CHECK (((tries >= 0) AND (tries <= 5)))
);

ALTER TABLE ONLY public.sent_codes FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sent_codes IS 'The code that somebody was sent last by a channel: sealed, for a few minutes, and gone with its first use';

CREATE TABLE public.service_levels (
    tenant_id uuid NOT NULL,
    hour timestamp with time zone NOT NULL,
    bucket integer NOT NULL,
    requests bigint NOT NULL,
    failures bigint NOT NULL,
    CONSTRAINT service_levels_counts_ck CHECK (((bucket >= 0) AND (failures >= 0) AND (requests >= failures)))
);

ALTER TABLE ONLY public.service_levels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.service_levels IS 'How many requests of a tenant took how long, by hour and bucket of the histogram; failures are those that were the installation''s fault';

CREATE VIEW public.session_leases WITH (security_invoker='true') AS
 SELECT sessions.tenant_id,
    sessions.session_id,
    sessions.lease_until
   FROM public.sessions
  WHERE (sessions.state <> 'ended'::text);

CREATE VIEW public.session_openings WITH (security_invoker='true') AS
 SELECT sessions.tenant_id,
    sessions.user_id,
    sessions.asset_id,
    sessions.account_name,
    sessions.protocol,
    sessions.created_at
   FROM public.sessions;

CREATE TABLE public.sign_in_addresses (
    tenant_id uuid NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    failures integer NOT NULL,
    counted_since timestamp with time zone NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT sign_in_addresses_address_ck CHECK (((length(address) >= 2) AND (length(address) <= 64))),
    CONSTRAINT sign_in_addresses_failures_ck CHECK ((failures > 0))
);

ALTER TABLE ONLY public.sign_in_addresses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sign_in_addresses IS 'Where sign-ins failed lately, whoever was tried: an IPv4 address, or the /64 of an IPv6 one';

CREATE TABLE public.sign_in_links (
    tenant_id uuid NOT NULL,
    sign_in_link_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    landing text,
    created_by uuid NOT NULL,
    created_by_name text NOT NULL,
    through text NOT NULL,
    api_token_id uuid,
    access_key_id uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    used_from text,
    revoked_at timestamp with time zone,
    CONSTRAINT sign_in_links_end_ck CHECK (((used_at IS NULL) OR (revoked_at IS NULL))),
    CONSTRAINT sign_in_links_landing_ck CHECK (((length(landing) >= 1) AND (length(landing) <= 500))),
    CONSTRAINT sign_in_links_proof_ck CHECK ((((through = 'token'::text) = (api_token_id IS NOT NULL)) AND ((through = 'access-key'::text) = (access_key_id IS NOT NULL)))),
    CONSTRAINT sign_in_links_through_ck CHECK ((through = ANY (ARRAY['access-key'::text, 'token'::text, 'browser'::text]))),
    CONSTRAINT sign_in_links_time_ck CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '00:15:00'::interval)))),
    CONSTRAINT sign_in_links_token_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.sign_in_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sign_in_links IS 'Links that lead one person to a sign-in once, by the hash of what they carry; kept for a month to be looked at';

CREATE TABLE public.sign_ins (
    tenant_id uuid NOT NULL,
    sign_in_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    stage text NOT NULL,
    second_factor_at timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    client_address text,
    expires_at timestamp with time zone NOT NULL,
    identity_provider_id uuid,
    by_key boolean DEFAULT false NOT NULL,
    second_factor_by text,
    bound_provider_id uuid,
    by_link boolean DEFAULT false NOT NULL,
    CONSTRAINT sign_ins_link_ck CHECK (((NOT by_link) OR (by_key AND (stage = ANY (ARRAY['second-factor'::text, 'review'::text]))))),
    CONSTRAINT sign_ins_one_way_ck CHECK (((identity_provider_id IS NULL) OR (bound_provider_id IS NULL))),
    CONSTRAINT sign_ins_second_factor_ck CHECK (((second_factor_by IS NULL) OR ((second_factor_at IS NOT NULL) AND (second_factor_by = ANY (ARRAY['authenticator'::text, 'passkey'::text, 'email'::text, 'sms'::text, 'radius'::text, 'face'::text, 'recovery'::text, 'provider'::text]))))),
    CONSTRAINT sign_ins_stage_ck CHECK ((stage = ANY (ARRAY['second-factor'::text, 'enrol'::text, 'change-password'::text, 'invitation'::text, 'review'::text])))
);

ALTER TABLE ONLY public.sign_ins FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sign_ins IS 'Sign-ins that wait for their next step, after the right password or an invitation';

CREATE TABLE public.sign_out_hints (
    tenant_id uuid NOT NULL,
    sign_out_hint_id uuid NOT NULL,
    identity_provider_id uuid NOT NULL,
    user_id uuid NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed_hint bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.sign_out_hints FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sign_out_hints IS 'By what identity providers know whose session somebody who signs out means; kept for a day';

CREATE TABLE public.sign_ups (
    sign_up_id uuid NOT NULL,
    company text NOT NULL,
    slug text NOT NULL,
    person text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    token_hash bytea NOT NULL,
    state text DEFAULT 'unconfirmed'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by text,
    reason text,
    made_tenant uuid,
    CONSTRAINT sign_ups_confirmed_ck CHECK (((state = 'unconfirmed'::text) = (confirmed_at IS NULL))),
    CONSTRAINT sign_ups_decided_ck CHECK (((state = ANY (ARRAY['approved'::text, 'rejected'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT sign_ups_state_ck CHECK ((state = ANY (ARRAY['unconfirmed'::text, 'waiting'::text, 'approved'::text, 'rejected'::text])))
);

ALTER TABLE ONLY public.sign_ups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sign_ups IS 'Companies that sign themselves up, from the form to the tenant';

CREATE TABLE public.site_messages (
    tenant_id uuid NOT NULL,
    site_message_id uuid NOT NULL,
    user_id uuid NOT NULL,
    occasion text NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    link text NOT NULL,
    is_urgent boolean NOT NULL,
    announcement_id uuid,
    created_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    read_at timestamp with time zone
);

ALTER TABLE ONLY public.site_messages FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.site_messages IS 'What the portal has to tell one person';

COMMENT ON COLUMN public.site_messages.occasion IS 'What it is about: an event is told to a person once, however often it comes';

CREATE TABLE public.sms_gateways (
    tenant_id uuid NOT NULL,
    sms_gateway_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "position" integer NOT NULL,
    enabled boolean NOT NULL,
    settings jsonb NOT NULL,
    tenant_key_id uuid,
    sealed_secret bytea,
    created_at timestamp with time zone NOT NULL,
    last_taken_at timestamp with time zone,
    last_refusal text,
    last_refused_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT sms_gateways_kind_ck CHECK ((kind = ANY (ARRAY['alibaba'::text, 'tencent'::text, 'huawei'::text, 'twilio'::text, 'cmpp'::text, 'custom'::text]))),
    CONSTRAINT sms_gateways_name_ck CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT sms_gateways_position_ck CHECK (("position" > 0)),
    CONSTRAINT sms_gateways_refusal_ck CHECK ((length(last_refusal) <= 300)),
    CONSTRAINT sms_gateways_secret_ck CHECK (((tenant_key_id IS NULL) = (sealed_secret IS NULL)))
);

ALTER TABLE ONLY public.sms_gateways FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sms_gateways IS 'Services by which codes reach people as text messages, asked in the order of their positions';

COMMENT ON COLUMN public.sms_gateways.last_refusal IS 'In the words of the service, without numbers and codes';

CREATE TABLE public.sms_sends (
    tenant_id uuid NOT NULL,
    sms_send_id uuid NOT NULL,
    user_id uuid NOT NULL,
    number text NOT NULL,
    purpose text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT sms_sends_number_ck CHECK (((length(number) >= 8) AND (length(number) <= 16))),
    CONSTRAINT sms_sends_purpose_ck CHECK ((purpose = ANY (ARRAY['code'::text, 'confirmation'::text, 'test'::text, 'notice'::text])))
);

ALTER TABLE ONLY public.sms_sends FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.sms_sends IS 'Text messages of the last day, which are counted before another one goes out; of whom stays also when they are gone, lest a company sends more for it';

CREATE TABLE public.ssh_keys (
    tenant_id uuid NOT NULL,
    ssh_key_id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    algorithm text NOT NULL,
    fingerprint text NOT NULL,
    public_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    bound_provider_id uuid,
    disabled_at timestamp with time zone,
    end_told_at timestamp with time zone
);

ALTER TABLE ONLY public.ssh_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ssh_keys IS 'Public keys with which people sign in over SSH';

COMMENT ON COLUMN public.ssh_keys.bound_provider_id IS 'As of tokens';

COMMENT ON COLUMN public.ssh_keys.disabled_at IS 'Since when it opens nothing; its person switches it on again';

COMMENT ON COLUMN public.ssh_keys.end_told_at IS 'When its person was told that it ends soon';

CREATE VIEW public.stored_secrets WITH (security_invoker='true') AS
 SELECT accounts.tenant_id,
    accounts.account_id
   FROM public.accounts
  WHERE (accounts.secret_version > 0);

CREATE TABLE public.support_accesses (
    tenant_id uuid NOT NULL,
    support_access_id uuid NOT NULL,
    operator_id uuid NOT NULL,
    operator_name text NOT NULL,
    role text NOT NULL,
    reason text NOT NULL,
    duration_seconds integer NOT NULL,
    state text DEFAULT 'asked'::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    decided_by_name text,
    entry_hash bytea,
    entry_until timestamp with time zone,
    CONSTRAINT support_accesses_consent_ck CHECK (((state <> 'consented'::text) OR (ends_at <= (decided_at + '24:00:00'::interval)))),
    CONSTRAINT support_accesses_duration_ck CHECK (((duration_seconds >= 300) AND (duration_seconds <= 86400))),
    CONSTRAINT support_accesses_role_ck CHECK ((role = ANY (ARRAY['auditor'::text, 'administrator'::text]))),
    CONSTRAINT support_accesses_state_ck CHECK ((state = ANY (ARRAY['asked'::text, 'consented'::text, 'refused'::text, 'revoked'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.support_accesses FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.support_accesses IS 'What the provider''s support asked a tenant for, and what the tenant said';

CREATE TABLE public.support_sessions (
    tenant_id uuid NOT NULL,
    support_session_id uuid NOT NULL,
    support_access_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    client_address text,
    user_agent text
);

ALTER TABLE ONLY public.support_sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.support_sessions IS 'The browser in which somebody of the provider is inside, by the hash of its cookie; one for each consent';

CREATE TABLE public.temporary_passwords (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT temporary_passwords_hash_ck CHECK ((length(token_hash) = 32)),
    CONSTRAINT temporary_passwords_time_ck CHECK ((expires_at > created_at))
);

ALTER TABLE ONLY public.temporary_passwords FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.temporary_passwords IS 'Passwords that are good once and for a short time, one a person; gone when they were used';

CREATE TABLE public.tenant_closings (
    tenant_id uuid NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    reopened_at timestamp with time zone,
    CONSTRAINT tenant_closings_order_ck CHECK ((reopened_at >= closed_at))
);

ALTER TABLE ONLY public.tenant_closings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_closings IS 'When tenants were closed, and opened again if that was cancelled';

CREATE TABLE public.tenant_endpoint_rules (
    tenant_id uuid NOT NULL,
    rules jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_endpoint_rules_rules_ck CHECK ((jsonb_typeof(rules) = 'array'::text))
);

ALTER TABLE ONLY public.tenant_endpoint_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_endpoint_rules IS 'A tenant''s own rules about the gateway that a client is told; the first that fits';

CREATE TABLE public.tenant_erasures (
    tenant_id uuid NOT NULL,
    erasure_id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    inventory jsonb NOT NULL,
    objects_removed_at timestamp with time zone,
    keys_destroyed_at timestamp with time zone,
    rows_removed_at timestamp with time zone,
    finished_at timestamp with time zone,
    proof text,
    CONSTRAINT tenant_erasures_proof_ck CHECK (((finished_at IS NULL) = (proof IS NULL)))
);

ALTER TABLE ONLY public.tenant_erasures FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_erasures IS 'How far the erasure of a tenant is, and the signed proof of it in the end';

CREATE TABLE public.tenant_factor_rules (
    tenant_id uuid NOT NULL,
    level text NOT NULL,
    rules jsonb NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_factor_rules_level_ck CHECK ((level = ANY (ARRAY['off'::text, 'administrators'::text, 'all'::text]))),
    CONSTRAINT tenant_factor_rules_rules_ck CHECK ((jsonb_typeof(rules) = 'array'::text))
);

ALTER TABLE ONLY public.tenant_factor_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_factor_rules IS 'Of whom a second factor is asked: the first rule that fits decides, and the level of all others. Without a row it is asked of everybody';

CREATE TABLE public.tenant_keys (
    tenant_id uuid NOT NULL,
    tenant_key_id uuid NOT NULL,
    version integer NOT NULL,
    master_key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE ONLY public.tenant_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_keys IS 'Tenant keys, wrapped by the master key; the one that is not retired seals what is new';

CREATE TABLE public.tenant_plans (
    tenant_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    overrides jsonb DEFAULT '{}'::jsonb NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.tenant_plans FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_plans IS 'The plan that a tenant has, and what was agreed with it alone';

CREATE VIEW public.tenant_limit_terms WITH (security_invoker='true') AS
 SELECT t.tenant_id,
    l.kind,
    l.amount,
    (((l.amount / 100) * l.soft_percent) + ((((l.amount % (100)::bigint) * l.soft_percent) + 99) / 100)) AS soft
   FROM (public.tenant_plans t
     CROSS JOIN LATERAL ( SELECT k.kind,
            p.soft_percent,
            (
                CASE
                    WHEN (t.overrides ? k.kind) THEN (t.overrides ->> k.kind)
                    ELSE (p.limits ->> k.kind)
                END)::bigint AS amount
           FROM public.plans p,
            unnest(ARRAY['users'::text, 'assets'::text, 'sessions'::text, 'recorded-bytes'::text, 'api-requests-per-second'::text, 'webhook-deliveries-per-day'::text, 'rotations-per-month'::text, 'gateway-connections'::text, 'gateway-bandwidth'::text]) k(kind)
          WHERE (p.plan_id = t.plan_id)) l);

CREATE TABLE public.tenant_own_keys (
    tenant_id uuid NOT NULL,
    address text NOT NULL,
    mount text NOT NULL,
    name text NOT NULL,
    master_key_id text NOT NULL,
    wrapped_token bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid NOT NULL
);

ALTER TABLE ONLY public.tenant_own_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_own_keys IS 'Keys that tenants keep themselves and that wrap their tenant keys; the token is wrapped by the installation''s key, since it cannot lie under what it opens';

CREATE TABLE public.tenant_pinnings (
    tenant_id uuid NOT NULL,
    pools text[] NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_pinnings_pools_ck CHECK (((cardinality(pools) >= 1) AND (cardinality(pools) <= 32)))
);

ALTER TABLE ONLY public.tenant_pinnings FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_pinnings IS 'Tenants that are bound to pools and labels of workers by the provider; without a row it is the pool default';

CREATE TABLE public.tenant_plan_history (
    tenant_id uuid NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    plan_id uuid NOT NULL
);

ALTER TABLE ONLY public.tenant_plan_history FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_plan_history IS 'Which plan a tenant had from when on; the first line holds for all time before';

CREATE TABLE public.tenant_quotas (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    hard_limit bigint,
    soft_limit bigint,
    used bigint DEFAULT 0 NOT NULL,
    day timestamp with time zone,
    warning_id uuid,
    CONSTRAINT tenant_quotas_limit_ck CHECK ((hard_limit >= 0)),
    CONSTRAINT tenant_quotas_soft_ck CHECK (((hard_limit IS NULL) = (soft_limit IS NULL))),
    CONSTRAINT tenant_quotas_used_ck CHECK ((used >= 0))
);

ALTER TABLE ONLY public.tenant_quotas FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_quotas IS 'What a tenant may use at most, what it uses, and whether it was warned';

CREATE TABLE public.tenant_setting_values (
    tenant_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value jsonb NOT NULL,
    tenant_key_id uuid,
    sealed bytea,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT tenant_setting_values_key_ck CHECK ((key ~ '^[a-z][a-z.-]{1,98}$'::text)),
    CONSTRAINT tenant_setting_values_sealed_ck CHECK (((sealed IS NULL) = (tenant_key_id IS NULL)))
);

ALTER TABLE ONLY public.tenant_setting_values FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_setting_values IS 'What a tenant has set, by the name of the setting; secrets that belong to a value are sealed by the tenant key';

CREATE TABLE public.tenants (
    tenant_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    trial_ends_at timestamp with time zone,
    grace_ends_at timestamp with time zone,
    closed_from text,
    closed_by text,
    host_name text COLLATE pg_catalog."C",
    host_name_checked_at timestamp with time zone,
    host_name_verified_at timestamp with time zone,
    CONSTRAINT tenants_closed_from_ck CHECK ((closed_from = ANY (ARRAY['trial'::text, 'active'::text, 'suspended'::text]))),
    CONSTRAINT tenants_closing_ck CHECK ((((state = ANY (ARRAY['closing'::text, 'deleted'::text])) = (grace_ends_at IS NOT NULL)) AND ((state = ANY (ARRAY['closing'::text, 'deleted'::text])) = (closed_from IS NOT NULL)))),
    CONSTRAINT tenants_host_name_ck CHECK (((host_name = lower(host_name)) AND (host_name ~~ '%.%'::text))),
    CONSTRAINT tenants_host_name_verified_ck CHECK (((host_name_verified_at IS NULL) OR (host_name IS NOT NULL))),
    CONSTRAINT tenants_slug_ck CHECK ((slug ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_state_ck CHECK ((state = ANY (ARRAY['trial'::text, 'active'::text, 'suspended'::text, 'closing'::text, 'deleted'::text]))),
    CONSTRAINT tenants_trial_ck CHECK (((state <> 'trial'::text) OR (trial_ends_at IS NOT NULL)))
);

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenants IS 'Customer companies';

COMMENT ON COLUMN public.tenants.closed_from IS 'The state that comes back if the closing is cancelled';

COMMENT ON COLUMN public.tenants.closed_by IS 'Who of the provider closed it last';

COMMENT ON COLUMN public.tenants.host_name_verified_at IS 'Since when the host name leads to the portal, by the last look at it';

CREATE VIEW public.tenant_settings WITH (security_invoker='true') AS
 SELECT tenants.tenant_id,
    tenants.slug,
    tenants.name,
    tenants.state,
    tenants.time_zone,
    tenants.language,
    tenants.trial_ends_at,
    tenants.grace_ends_at
   FROM public.tenants;

CREATE TABLE public.tenant_sign_in_rules (
    tenant_id uuid NOT NULL,
    rules jsonb NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_sign_in_rules_rules_ck CHECK ((jsonb_typeof(rules) = 'array'::text))
);

ALTER TABLE ONLY public.tenant_sign_in_rules FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_sign_in_rules IS 'Who may sign in, from where and when; the first that fits decides. Ids of people that are gone fit nobody';

CREATE TABLE public.tenant_signing_keys (
    tenant_id uuid NOT NULL,
    signing_key_id uuid NOT NULL,
    purpose text NOT NULL,
    public_key bytea NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT tenant_signing_keys_purpose_ck CHECK ((purpose = ANY (ARRAY['evidence'::text, 'redaction'::text])))
);

ALTER TABLE ONLY public.tenant_signing_keys FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tenant_signing_keys IS 'Ed25519 keys for evidence and X25519 keys for redaction, private halves sealed by the tenant key';

CREATE TABLE public.terminal_tokens (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    account_name text NOT NULL,
    origin text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.terminal_tokens FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.terminal_tokens IS 'Tickets for a web terminal, good for a minute and one use';

CREATE TABLE public.ticket_approvers (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    user_id uuid NOT NULL,
    reason text DEFAULT 'named'::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    from_escalation boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.ticket_approvers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_approvers IS 'Who may decide which level of a request, resolved when it was opened';

COMMENT ON COLUMN public.ticket_approvers.from_escalation IS 'Counts from the level''s escalation on';

CREATE TABLE public.ticket_assets (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    asset_id uuid NOT NULL
);

ALTER TABLE ONLY public.ticket_assets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_assets IS 'What a request asks for';

CREATE TABLE public.ticket_comments (
    tenant_id uuid NOT NULL,
    comment_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    user_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.ticket_comments FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_comments IS 'Remarks on a request';

CREATE TABLE public.ticket_copies (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.ticket_copies FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_copies IS 'Who is told about a request and does not decide it';

CREATE TABLE public.ticket_counters (
    tenant_id uuid NOT NULL,
    last_number integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.ticket_counters FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_counters IS 'The number of the newest request';

CREATE TABLE public.ticket_decisions (
    tenant_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    user_id uuid NOT NULL,
    outcome text NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    channel text NOT NULL,
    digest bytea NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    on_behalf_of uuid,
    seat_id uuid GENERATED ALWAYS AS (COALESCE(on_behalf_of, user_id)) STORED,
    changes jsonb,
    proof jsonb,
    CONSTRAINT ticket_decisions_channel_ck CHECK ((channel = ANY (ARRAY['portal'::text, 'api'::text, 'webhook'::text, 'mail'::text, 'feishu'::text, 'lark'::text, 'dingtalk'::text, 'wecom'::text, 'slack'::text, 'teams'::text, 'ssh'::text, 'cli'::text]))),
    CONSTRAINT ticket_decisions_outcome_ck CHECK ((outcome = ANY (ARRAY['approved'::text, 'rejected'::text])))
);

ALTER TABLE ONLY public.ticket_decisions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_decisions IS 'Answers; a person gives one in a whole request, and a seat has one';

COMMENT ON COLUMN public.ticket_decisions.changes IS 'What the approver took away: before and after';

COMMENT ON COLUMN public.ticket_decisions.proof IS 'What the approver''s passkey said about the digest';

CREATE TABLE public.ticket_levels (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    name text NOT NULL,
    quorum integer DEFAULT 1 NOT NULL,
    webhook_id uuid,
    deadline_seconds integer NOT NULL,
    reminder_seconds integer,
    lapse text DEFAULT 'expired'::text NOT NULL,
    escalation_seconds integer,
    needs_passkey boolean DEFAULT false NOT NULL,
    opened_at timestamp with time zone,
    reminded_at timestamp with time zone,
    escalated_at timestamp with time zone,
    passed_at timestamp with time zone,
    needs_comment text DEFAULT 'never'::text NOT NULL,
    CONSTRAINT ticket_levels_comment_ck CHECK ((needs_comment = ANY (ARRAY['never'::text, 'approved'::text, 'rejected'::text, 'always'::text]))),
    CONSTRAINT ticket_levels_lapse_ck CHECK ((lapse = ANY (ARRAY['expired'::text, 'rejected'::text]))),
    CONSTRAINT ticket_levels_level_ck CHECK (((level >= 1) AND (level <= 5))),
    CONSTRAINT ticket_levels_quorum_ck CHECK (((quorum >= 1) AND (quorum <= 1000)))
);

ALTER TABLE ONLY public.ticket_levels FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_levels IS 'The levels of a request as they were planned when it was opened, and how far they have come';

COMMENT ON COLUMN public.ticket_levels.needs_comment IS 'Which answers are given with a comment only';

CREATE TABLE public.ticket_mail_links (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    ticket_id uuid NOT NULL,
    level integer NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ticket_mail_links_level_ck CHECK (((level >= 1) AND (level <= 5))),
    CONSTRAINT ticket_mail_links_token_ck CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.ticket_mail_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_mail_links IS 'Links in mails that lead one approver to one decision, by the hash of their token; whoever opens one signs in as that person';

CREATE TABLE public.ticket_moves (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    move_id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    level integer,
    from_id uuid,
    to_id uuid NOT NULL,
    by_id uuid,
    moved_at timestamp with time zone NOT NULL,
    CONSTRAINT ticket_moves_kind_ck CHECK ((((kind = 'copied'::text) AND (level IS NULL) AND (from_id IS NULL)) OR ((kind = 'reassigned'::text) AND (level IS NOT NULL) AND (from_id IS NOT NULL) AND (by_id IS NOT NULL))))
);

ALTER TABLE ONLY public.ticket_moves FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_moves IS 'Seats of requests that were handed over for good, and people who were put in copy';

CREATE TABLE public.ticket_reviews (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    user_id uuid NOT NULL,
    attempt text NOT NULL,
    rule_id uuid NOT NULL,
    client_address text,
    is_attended boolean NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.ticket_reviews FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ticket_reviews IS 'What somebody waits for behind a request of theirs: the answer is good for one attempt, once';

CREATE TABLE public.tickets (
    tenant_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    number integer NOT NULL,
    flow_id uuid,
    requester_id uuid NOT NULL,
    reason text NOT NULL,
    accounts text[] NOT NULL,
    protocols text[] NOT NULL,
    actions text[] NOT NULL,
    starts_at timestamp with time zone,
    duration_seconds integer NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    level integer DEFAULT 1 NOT NULL,
    levels integer NOT NULL,
    deadline timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    grant_id uuid,
    digest bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    kind text DEFAULT 'access'::text NOT NULL,
    content jsonb DEFAULT '{}'::jsonb NOT NULL,
    flow_name text DEFAULT ''::text NOT NULL,
    because text[] DEFAULT '{}'::text[] NOT NULL,
    risk text DEFAULT 'low'::text NOT NULL,
    is_parallel boolean DEFAULT false NOT NULL,
    unused_after integer,
    due_at timestamp with time zone,
    CONSTRAINT tickets_content_ck CHECK ((jsonb_typeof(content) = 'object'::text)),
    CONSTRAINT tickets_kind_ck CHECK ((kind ~ '^[a-z][a-z-]{0,39}$'::text)),
    CONSTRAINT tickets_level_ck CHECK ((((level >= 1) AND (level <= GREATEST(levels, 1))) AND ((levels >= 0) AND (levels <= 5)))),
    CONSTRAINT tickets_risk_ck CHECK ((risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
    CONSTRAINT tickets_state_ck CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.tickets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.tickets IS 'Requests for access; digest is over what is asked, so that a decision is bound to it';

COMMENT ON COLUMN public.tickets.content IS 'What the kind has besides what every request has';

COMMENT ON COLUMN public.tickets.because IS 'Why the flow was chosen';

COMMENT ON COLUMN public.tickets.unused_after IS 'A grant that nobody has used for so many seconds ends early';

COMMENT ON COLUMN public.tickets.due_at IS 'When time moves it next: a reminder, an escalation or a deadline';

CREATE TABLE public.totp_secrets (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.totp_secrets FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.totp_secrets IS 'Second factors by RFC 6238; last_step prevents reuse of a code';

CREATE TABLE public.usage_events (
    tenant_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    meter text NOT NULL,
    subject text NOT NULL,
    quantity bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT usage_events_quantity_ck CHECK ((quantity >= 0))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.usage_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.usage_events IS 'What is to be billed, written with the change that causes it; (source, id) makes repeats harmless';

CREATE TABLE public.usage_events_default (
    tenant_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    meter text NOT NULL,
    subject text NOT NULL,
    quantity bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT usage_events_quantity_ck CHECK ((quantity >= 0))
);

ALTER TABLE ONLY public.usage_events_default FORCE ROW LEVEL SECURITY;

CREATE TABLE public.usage_marks (
    name text NOT NULL,
    received_through timestamp with time zone NOT NULL,
    hours_through timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.usage_marks FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.usage_marks IS 'How far the roll-ups of usage have come';

CREATE TABLE public.usage_rollups (
    tenant_id uuid NOT NULL,
    hour timestamp with time zone NOT NULL,
    meter text NOT NULL,
    quantity bigint NOT NULL,
    events bigint NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.usage_rollups FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.usage_rollups IS 'Usage by hour; derived, may be thrown away and computed again';

CREATE TABLE public.users (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    login text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    email text,
    state text DEFAULT 'active'::text NOT NULL,
    password_hash text,
    password_changed_at timestamp with time zone,
    must_change_password boolean DEFAULT false NOT NULL,
    failed_attempts integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    language text,
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid NOT NULL,
    password_told_at timestamp with time zone,
    expires_at timestamp with time zone,
    expiry_told_at timestamp with time zone,
    wants_second_factor boolean DEFAULT false NOT NULL,
    manager_id uuid,
    manager_provider_id uuid,
    password_signed_in_at timestamp with time zone,
    CONSTRAINT users_manager_ck CHECK ((manager_id <> user_id)),
    CONSTRAINT users_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.users IS 'People of a tenant; login is stored case-folded';

COMMENT ON COLUMN public.users.password_told_at IS 'When the person was told that this password runs out';

COMMENT ON COLUMN public.users.expires_at IS 'From when on nobody comes in; the account is disabled then';

COMMENT ON COLUMN public.users.expiry_told_at IS 'When the person and the administrators were told that the account ends';

COMMENT ON COLUMN public.users.manager_provider_id IS 'The identity provider that has said who the manager is';

COMMENT ON COLUMN public.users.password_signed_in_at IS 'When the person last came in by their password here, with all that was asked besides';

CREATE VIEW public.user_addresses WITH (security_invoker='true') AS
 SELECT users.tenant_id,
    users.user_id,
    lower(users.email) AS address
   FROM public.users
  WHERE (users.email <> ''::text)
UNION
 SELECT code_factors.tenant_id,
    code_factors.user_id,
    lower(code_factors.address) AS address
   FROM public.code_factors
  WHERE (code_factors.channel = 'email'::text);

CREATE VIEW public.user_contacts WITH (security_invoker='true') AS
 SELECT users.tenant_id,
    users.user_id,
    users.org_id,
    users.login,
    users.name,
    users.email,
    users.language,
    users.state,
    users.expires_at
   FROM public.users;

COMMENT ON VIEW public.user_contacts IS 'How people are written to, for other features';

CREATE VIEW public.user_directory WITH (security_invoker='true') AS
 SELECT users.tenant_id,
    users.user_id,
    users.login,
    users.name,
    users.state,
    users.manager_id
   FROM public.users;

CREATE VIEW public.user_groups WITH (security_invoker='true') AS
 SELECT group_members.tenant_id,
    group_members.user_id,
    group_members.group_id
   FROM public.group_members;

CREATE VIEW public.user_roles WITH (security_invoker='true') AS
 SELECT roles_held.tenant_id,
    roles_held.user_id,
    roles_held.role_id,
    roles_held.org_id
   FROM public.roles_held(now()) roles_held(tenant_id, user_id, role_id, org_id, ends_at);

CREATE TABLE public.web_sessions (
    tenant_id uuid NOT NULL,
    web_session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    rotated_at timestamp with time zone DEFAULT now() NOT NULL,
    previous_token_hash bytea,
    expires_at timestamp with time zone NOT NULL,
    second_factor_at timestamp with time zone,
    client_address text,
    user_agent text,
    revoked_at timestamp with time zone,
    ended_because text,
    exempt_after text,
    device_hash bytea,
    second_factor_by text,
    bound_provider_id uuid,
    by_provider boolean DEFAULT false NOT NULL,
    place jsonb,
    CONSTRAINT web_sessions_device_ck CHECK (((device_hash IS NOT NULL) = COALESCE((exempt_after ~~ '%-on-device'::text), false))),
    CONSTRAINT web_sessions_ended_ck CHECK (((ended_because = ANY (ARRAY['elsewhere'::text, 'administrator'::text])) AND ((ended_because IS NULL) = (revoked_at IS NULL)))),
    CONSTRAINT web_sessions_exempt_ck CHECK (((exempt_after IS NULL) OR (exempt_after = ANY (ARRAY['password'::text, 'provider'::text, 'password-on-device'::text, 'provider-on-device'::text])))),
    CONSTRAINT web_sessions_second_factor_by_ck CHECK ((second_factor_by = ANY (ARRAY['authenticator'::text, 'passkey'::text, 'email'::text, 'sms'::text, 'radius'::text, 'face'::text, 'recovery'::text, 'provider'::text])))
);

ALTER TABLE ONLY public.web_sessions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.web_sessions IS 'Signed-in browsers, by the hash of their cookie';

COMMENT ON COLUMN public.web_sessions.second_factor_by IS 'What was shown last; null if nothing was, or before this was kept';

COMMENT ON COLUMN public.web_sessions.bound_provider_id IS 'Set for a browser that came in by a link that its person made';

COMMENT ON COLUMN public.web_sessions.by_provider IS 'Whether an identity provider proved the person when the browser came in';

COMMENT ON COLUMN public.web_sessions.place IS 'Country, region and city of the address when the person signed in; null if unknown';

CREATE TABLE public.webhook_attempts (
    tenant_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL,
    status integer,
    error text,
    answer text
);

ALTER TABLE ONLY public.webhook_attempts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.webhook_attempts IS 'Each attempt at a delivery, with the first bytes of the answer, which is hostile text';

CREATE TABLE public.webhook_deliveries (
    tenant_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    body jsonb NOT NULL,
    tenant_key_id uuid,
    sealed_private bytea,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    last_status integer,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    tried integer DEFAULT 0 NOT NULL,
    parked boolean DEFAULT false NOT NULL,
    left_out integer,
    left_out_on date,
    CONSTRAINT webhook_deliveries_left_out_ck CHECK (((left_out IS NULL) = (left_out_on IS NULL))),
    CONSTRAINT webhook_deliveries_state_ck CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.webhook_deliveries IS 'One event on its way to one webhook; decision links travel in the sealed part and never lie here in clear';

COMMENT ON COLUMN public.webhook_deliveries.attempts IS 'Attempts since it was made or last sent again: they decide the next pause';

COMMENT ON COLUMN public.webhook_deliveries.tried IS 'All attempts';

COMMENT ON COLUMN public.webhook_deliveries.parked IS 'Its endpoint is disabled: nothing is sent until it is enabled again';

COMMENT ON COLUMN public.webhook_deliveries.left_out IS 'How many deliveries of that day it stands for, itself among them, that the plan did not allow';

CREATE TABLE public.webhooks (
    tenant_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    event_types text[] NOT NULL,
    tenant_key_id uuid NOT NULL,
    sealed_secret bytea NOT NULL,
    state text DEFAULT 'enabled'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    org_id uuid,
    old_tenant_key_id uuid,
    old_sealed_secret bytea,
    old_until timestamp with time zone,
    pace text DEFAULT 'quick'::text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    resting_until timestamp with time zone,
    disabled_because text,
    CONSTRAINT webhooks_disabled_ck CHECK ((disabled_because = ANY (ARRAY['gone'::text, 'failing'::text]))),
    CONSTRAINT webhooks_old_ck CHECK ((((old_sealed_secret IS NULL) = (old_until IS NULL)) AND ((old_tenant_key_id IS NULL) = (old_until IS NULL)))),
    CONSTRAINT webhooks_pace_ck CHECK ((pace = ANY (ARRAY['quick'::text, 'slow'::text]))),
    CONSTRAINT webhooks_state_ck CHECK ((state = ANY (ARRAY['enabled'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.webhooks IS 'Endpoints that receive signed events (Standard Webhooks)';

COMMENT ON COLUMN public.webhooks.org_id IS 'Whose events it receives, with everything below; null for those of the whole tenant';

COMMENT ON COLUMN public.webhooks.old_until IS 'Until when the secret that was replaced signs beside the new one';

COMMENT ON COLUMN public.webhooks.pace IS 'Endpoints that fail or answer slowly have places of their own, so that they delay nobody';

COMMENT ON COLUMN public.webhooks.resting_until IS 'Nothing is sent there before: it fails, or asked for a pause';

COMMENT ON COLUMN public.webhooks.disabled_because IS 'Why it was disabled by itself; null if a person did it';

CREATE TABLE public.worker_assertions (
    worker_id uuid NOT NULL,
    jti text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.worker_assertions FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.worker_assertions IS 'Client assertions that were used, so that none is used twice';

CREATE TABLE public.worker_enrolments (
    enrolment_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    pool text NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    challenge bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    region text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.worker_enrolments FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.worker_enrolments IS 'One-time tokens by which a worker enrols';

CREATE TABLE public.worker_events (
    worker_id uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    session_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.worker_events FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.worker_events IS 'What a worker is to be told, kept for ten minutes';

ALTER TABLE public.worker_events ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.worker_events_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.workers (
    worker_id uuid NOT NULL,
    name text NOT NULL,
    pool text NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    signing_key bytea NOT NULL,
    previous_signing_key bytea,
    previous_key_until timestamp with time zone,
    sealing_key bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    program_version text DEFAULT ''::text NOT NULL,
    ssh_endpoint text DEFAULT ''::text NOT NULL,
    web_endpoint text DEFAULT ''::text NOT NULL,
    health jsonb DEFAULT '{}'::jsonb NOT NULL,
    enrolled_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    unhealthy_since timestamp with time zone,
    CONSTRAINT workers_state_ck CHECK ((state = ANY (ARRAY['active'::text, 'draining'::text, 'quarantined'::text, 'removed'::text])))
);

ALTER TABLE ONLY public.workers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.workers IS 'Gateway workers of the installation';

CREATE VIEW public.worker_states WITH (security_invoker='true') AS
 SELECT workers.worker_id,
    workers.state
   FROM public.workers;

ALTER TABLE ONLY public.audit_events ATTACH PARTITION public.audit_events_default DEFAULT;

ALTER TABLE ONLY public.commands ATTACH PARTITION public.commands_default DEFAULT;

ALTER TABLE ONLY public.usage_events ATTACH PARTITION public.usage_events_default DEFAULT;

ALTER TABLE ONLY public.access_key_nonces
    ADD CONSTRAINT access_key_nonces_pk PRIMARY KEY (tenant_id, access_key_id, nonce_hash);

ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pk PRIMARY KEY (tenant_id, access_key_id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_name_uq UNIQUE (tenant_id, asset_id, name);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pk PRIMARY KEY (tenant_id, account_id);

ALTER TABLE ONLY public.admissions
    ADD CONSTRAINT admissions_pk PRIMARY KEY (tenant_id, admission_id);

ALTER TABLE ONLY public.announcement_audience
    ADD CONSTRAINT announcement_audience_pk PRIMARY KEY (tenant_id, announcement_id, announcement_audience_id);

ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_pk PRIMARY KEY (tenant_id, announcement_id);

ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_provider_uq UNIQUE (tenant_id, provider_announcement_id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pk PRIMARY KEY (tenant_id, api_token_id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.approval_rules
    ADD CONSTRAINT approval_rules_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.asset_arrangements
    ADD CONSTRAINT asset_arrangements_pk PRIMARY KEY (tenant_id, asset_id, user_id);

ALTER TABLE ONLY public.asset_labels
    ADD CONSTRAINT asset_labels_pk PRIMARY KEY (tenant_id, key, value, asset_id);

ALTER TABLE ONLY public.asset_nodes
    ADD CONSTRAINT asset_nodes_pk PRIMARY KEY (tenant_id, node_id, asset_id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pk PRIMARY KEY (tenant_id, asset_id);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pk PRIMARY KEY (tenant_id, at, audit_event_id);

ALTER TABLE ONLY public.audit_events_default
    ADD CONSTRAINT audit_events_default_pkey PRIMARY KEY (tenant_id, at, audit_event_id);

ALTER TABLE ONLY public.billing_targets
    ADD CONSTRAINT billing_targets_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.break_glass_policies
    ADD CONSTRAINT break_glass_policies_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.break_glass_uses
    ADD CONSTRAINT break_glass_uses_pk PRIMARY KEY (tenant_id, ticket_id);

ALTER TABLE ONLY public.browser_sign_ins
    ADD CONSTRAINT browser_sign_ins_pk PRIMARY KEY (tenant_id, state_hash);

ALTER TABLE ONLY public.cas_tickets
    ADD CONSTRAINT cas_tickets_pk PRIMARY KEY (tenant_id, identity_provider_id, ticket_hash);

ALTER TABLE ONLY public.code_factors
    ADD CONSTRAINT code_factors_pk PRIMARY KEY (tenant_id, user_id, channel);

ALTER TABLE ONLY public.commands
    ADD CONSTRAINT commands_pk PRIMARY KEY (tenant_id, at, command_id);

ALTER TABLE ONLY public.commands_default
    ADD CONSTRAINT commands_default_pkey PRIMARY KEY (tenant_id, at, command_id);

ALTER TABLE ONLY public.decision_challenges
    ADD CONSTRAINT decision_challenges_pk PRIMARY KEY (tenant_id, challenge_hash);

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_pk PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_pk PRIMARY KEY (tenant_id, delegation_id);

ALTER TABLE ONLY public.device_links
    ADD CONSTRAINT device_links_pk PRIMARY KEY (tenant_id, admission_id);

ALTER TABLE ONLY public.device_links
    ADD CONSTRAINT device_links_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.duty_separations
    ADD CONSTRAINT duty_separations_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.egress_allowances
    ADD CONSTRAINT egress_allowances_pk PRIMARY KEY (tenant_id, host, port);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pk PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.face_checks
    ADD CONSTRAINT face_checks_context_uq UNIQUE (tenant_id, context_hash);

ALTER TABLE ONLY public.face_checks
    ADD CONSTRAINT face_checks_pk PRIMARY KEY (tenant_id, face_check_id);

ALTER TABLE ONLY public.face_components
    ADD CONSTRAINT face_components_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.face_factors
    ADD CONSTRAINT face_factors_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.familiar_addresses
    ADD CONSTRAINT familiar_addresses_pk PRIMARY KEY (tenant_id, user_id, address);

ALTER TABLE ONLY public.familiar_browsers
    ADD CONSTRAINT familiar_browsers_pk PRIMARY KEY (tenant_id, user_id, agent_hash);

ALTER TABLE ONLY public.familiar_places
    ADD CONSTRAINT familiar_places_pk PRIMARY KEY (tenant_id, user_id, place_key);

ALTER TABLE ONLY public.flow_approvers
    ADD CONSTRAINT flow_approvers_pk PRIMARY KEY (tenant_id, flow_id, level, flow_approver_id);

ALTER TABLE ONLY public.flow_copies
    ADD CONSTRAINT flow_copies_pk PRIMARY KEY (tenant_id, flow_id, flow_copy_id);

ALTER TABLE ONLY public.flow_levels
    ADD CONSTRAINT flow_levels_pk PRIMARY KEY (tenant_id, flow_id, level);

ALTER TABLE ONLY public.flows
    ADD CONSTRAINT flows_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.flows
    ADD CONSTRAINT flows_pk PRIMARY KEY (tenant_id, flow_id);

ALTER TABLE ONLY public.gatehouse_migrations
    ADD CONSTRAINT gatehouse_migrations_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.grant_accounts
    ADD CONSTRAINT grant_accounts_pk PRIMARY KEY (tenant_id, grant_id, kind, name);

ALTER TABLE ONLY public.grant_assets
    ADD CONSTRAINT grant_assets_pk PRIMARY KEY (tenant_id, asset_id, grant_id);

ALTER TABLE ONLY public.grant_groups
    ADD CONSTRAINT grant_groups_pk PRIMARY KEY (tenant_id, group_id, grant_id);

ALTER TABLE ONLY public.grant_nodes
    ADD CONSTRAINT grant_nodes_pk PRIMARY KEY (tenant_id, node_id, grant_id);

ALTER TABLE ONLY public.grant_users
    ADD CONSTRAINT grant_users_pk PRIMARY KEY (tenant_id, user_id, grant_id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pk PRIMARY KEY (tenant_id, grant_id);

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_pk PRIMARY KEY (tenant_id, group_id, user_id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pk PRIMARY KEY (tenant_id, group_id);

ALTER TABLE ONLY public.host_keys
    ADD CONSTRAINT host_keys_key_uq UNIQUE (tenant_id, asset_id, fingerprint);

ALTER TABLE ONLY public.host_keys
    ADD CONSTRAINT host_keys_pk PRIMARY KEY (tenant_id, host_key_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, subject, operation, key);

ALTER TABLE ONLY public.identity_bindings
    ADD CONSTRAINT identity_bindings_pk PRIMARY KEY (tenant_id, web_session_id);

ALTER TABLE ONLY public.identity_challenges
    ADD CONSTRAINT identity_challenges_pk PRIMARY KEY (tenant_id, sign_in_id);

ALTER TABLE ONLY public.identity_challenges
    ADD CONSTRAINT identity_challenges_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.identity_given_groups
    ADD CONSTRAINT identity_given_groups_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, group_id);

ALTER TABLE ONLY public.identity_given_places
    ADD CONSTRAINT identity_given_places_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, org_id);

ALTER TABLE ONLY public.identity_given_roles
    ADD CONSTRAINT identity_given_roles_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, role_id, org_id);

ALTER TABLE ONLY public.identity_links
    ADD CONSTRAINT identity_links_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id);

ALTER TABLE ONLY public.identity_links
    ADD CONSTRAINT identity_links_subject_uq UNIQUE (tenant_id, identity_provider_id, subject);

ALTER TABLE ONLY public.identity_logout_tokens
    ADD CONSTRAINT identity_logout_tokens_pk PRIMARY KEY (tenant_id, identity_provider_id, token_hash);

ALTER TABLE ONLY public.identity_provider_rules
    ADD CONSTRAINT identity_provider_rules_pk PRIMARY KEY (tenant_id, identity_provider_id, rule_number);

ALTER TABLE ONLY public.identity_providers
    ADD CONSTRAINT identity_providers_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.identity_providers
    ADD CONSTRAINT identity_providers_pk PRIMARY KEY (tenant_id, identity_provider_id);

ALTER TABLE ONLY public.identity_sessions
    ADD CONSTRAINT identity_sessions_pk PRIMARY KEY (tenant_id, identity_provider_id, session_number);

ALTER TABLE ONLY public.identity_sync_edges
    ADD CONSTRAINT identity_sync_edges_pk PRIMARY KEY (tenant_id, identity_sync_run_id, attempt, parent, child);

ALTER TABLE ONLY public.identity_sync_entries
    ADD CONSTRAINT identity_sync_entries_pk PRIMARY KEY (tenant_id, identity_sync_run_id, attempt, subject);

ALTER TABLE ONLY public.identity_sync_groups
    ADD CONSTRAINT identity_sync_groups_pk PRIMARY KEY (tenant_id, identity_sync_run_id, attempt, subject);

ALTER TABLE ONLY public.identity_sync_runs
    ADD CONSTRAINT identity_sync_runs_pk PRIMARY KEY (tenant_id, identity_sync_run_id);

ALTER TABLE ONLY public.identity_syncs
    ADD CONSTRAINT identity_syncs_pk PRIMARY KEY (tenant_id, identity_provider_id);

ALTER TABLE ONLY public.installation_keys
    ADD CONSTRAINT installation_keys_pk PRIMARY KEY (purpose, key_id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_month_uq UNIQUE (tenant_id, month);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pk PRIMARY KEY (tenant_id, invoice_id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pk PRIMARY KEY (job_id);

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_pk PRIMARY KEY (tenant_id, mail_id);

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_nonce_uq UNIQUE (tenant_id, nonce);

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_occasion_uq UNIQUE (tenant_id, user_id, occasion);

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_once_uq UNIQUE (tenant_id, ticket_id, channel_id, user_id);

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_pk PRIMARY KEY (tenant_id, card_id);

ALTER TABLE ONLY public.messenger_channels
    ADD CONSTRAINT messenger_channels_callback_uq UNIQUE (tenant_id, callback_hash);

ALTER TABLE ONLY public.messenger_channels
    ADD CONSTRAINT messenger_channels_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.messenger_channels
    ADD CONSTRAINT messenger_channels_pk PRIMARY KEY (tenant_id, channel_id);

ALTER TABLE ONLY public.messenger_events
    ADD CONSTRAINT messenger_events_pk PRIMARY KEY (tenant_id, channel_id, event_hash);

ALTER TABLE ONLY public.messenger_people
    ADD CONSTRAINT messenger_people_pk PRIMARY KEY (tenant_id, channel_id, user_id);

ALTER TABLE ONLY public.messenger_streams
    ADD CONSTRAINT messenger_streams_pk PRIMARY KEY (tenant_id, channel_id);

ALTER TABLE ONLY public.node_arrangements
    ADD CONSTRAINT node_arrangements_pk PRIMARY KEY (tenant_id, node_id, user_id);

ALTER TABLE ONLY public.node_closure
    ADD CONSTRAINT node_closure_pk PRIMARY KEY (tenant_id, ancestor_id, descendant_id);

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_name_uq UNIQUE NULLS NOT DISTINCT (tenant_id, parent_id, name);

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_pk PRIMARY KEY (tenant_id, node_id);

ALTER TABLE ONLY public.notice_defaults
    ADD CONSTRAINT notice_defaults_pk PRIMARY KEY (tenant_id, type, channel);

ALTER TABLE ONLY public.notice_deliveries
    ADD CONSTRAINT notice_deliveries_person_uq UNIQUE (tenant_id, user_id, channel, occasion);

ALTER TABLE ONLY public.notice_deliveries
    ADD CONSTRAINT notice_deliveries_pk PRIMARY KEY (tenant_id, delivery_id);

ALTER TABLE ONLY public.notice_preferences
    ADD CONSTRAINT notice_preferences_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.notice_rounds
    ADD CONSTRAINT notice_rounds_pk PRIMARY KEY (tenant_id, event_id);

ALTER TABLE ONLY public.notice_subscriptions
    ADD CONSTRAINT notice_subscriptions_pk PRIMARY KEY (tenant_id, user_id, type, channel);

ALTER TABLE ONLY public.notice_templates
    ADD CONSTRAINT notice_templates_pk PRIMARY KEY (tenant_id, type, channel, language);

ALTER TABLE ONLY public.organization_closure
    ADD CONSTRAINT organization_closure_pk PRIMARY KEY (tenant_id, ancestor_id, descendant_id);

ALTER TABLE ONLY public.organization_setting_values
    ADD CONSTRAINT organization_setting_values_pk PRIMARY KEY (tenant_id, org_id, key);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pk PRIMARY KEY (tenant_id, org_id);

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_hash_uq UNIQUE (tenant_id, challenge_hash);

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_pk PRIMARY KEY (tenant_id, passkey_challenge_id);

ALTER TABLE ONLY public.passkey_roots
    ADD CONSTRAINT passkey_roots_fingerprint_uq UNIQUE (tenant_id, fingerprint);

ALTER TABLE ONLY public.passkey_roots
    ADD CONSTRAINT passkey_roots_pk PRIMARY KEY (tenant_id, passkey_root_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_uq UNIQUE (tenant_id, credential_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pk PRIMARY KEY (tenant_id, passkey_id);

ALTER TABLE ONLY public.password_history
    ADD CONSTRAINT password_history_pk PRIMARY KEY (tenant_id, user_id, password_hash);

ALTER TABLE ONLY public.plan_price_lists
    ADD CONSTRAINT plan_price_lists_pk PRIMARY KEY (plan_id, valid_from);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_code_uq UNIQUE (code);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pk PRIMARY KEY (plan_id);

ALTER TABLE ONLY public.provider_announcements
    ADD CONSTRAINT provider_announcements_pk PRIMARY KEY (provider_announcement_id);

ALTER TABLE ONLY public.provider_audit_events
    ADD CONSTRAINT provider_audit_events_pk PRIMARY KEY (at, audit_event_id);

ALTER TABLE ONLY public.provider_endpoint_rules
    ADD CONSTRAINT provider_endpoint_rules_pk PRIMARY KEY (single);

ALTER TABLE ONLY public.provider_operators
    ADD CONSTRAINT provider_operators_login_uq UNIQUE (login);

ALTER TABLE ONLY public.provider_operators
    ADD CONSTRAINT provider_operators_pk PRIMARY KEY (operator_id);

ALTER TABLE ONLY public.provider_second_factors
    ADD CONSTRAINT provider_second_factors_pk PRIMARY KEY (operator_id);

ALTER TABLE ONLY public.provider_sessions
    ADD CONSTRAINT provider_sessions_pk PRIMARY KEY (provider_session_id);

ALTER TABLE ONLY public.provider_sessions
    ADD CONSTRAINT provider_sessions_token_uq UNIQUE (token_hash);

ALTER TABLE ONLY public.provider_settings
    ADD CONSTRAINT provider_settings_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.provider_sign_ins
    ADD CONSTRAINT provider_sign_ins_pk PRIMARY KEY (sign_in_id);

ALTER TABLE ONLY public.provider_sign_ins
    ADD CONSTRAINT provider_sign_ins_token_uq UNIQUE (token_hash);

ALTER TABLE ONLY public.provisioned_groups
    ADD CONSTRAINT provisioned_groups_external_uq UNIQUE (tenant_id, identity_provider_id, external_id);

ALTER TABLE ONLY public.provisioned_groups
    ADD CONSTRAINT provisioned_groups_name_uq UNIQUE (tenant_id, identity_provider_id, folded_name);

ALTER TABLE ONLY public.provisioned_groups
    ADD CONSTRAINT provisioned_groups_pk PRIMARY KEY (tenant_id, provisioned_group_id);

ALTER TABLE ONLY public.provisioned_members
    ADD CONSTRAINT provisioned_members_pk PRIMARY KEY (tenant_id, provisioned_group_id, user_id);

ALTER TABLE ONLY public.provisioned_users
    ADD CONSTRAINT provisioned_users_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id);

ALTER TABLE ONLY public.provisioning_calls
    ADD CONSTRAINT provisioning_calls_pk PRIMARY KEY (tenant_id, provisioning_call_id);

ALTER TABLE ONLY public.provisioning_clients
    ADD CONSTRAINT provisioning_clients_name_uq UNIQUE (tenant_id, identity_provider_id, name);

ALTER TABLE ONLY public.provisioning_clients
    ADD CONSTRAINT provisioning_clients_pk PRIMARY KEY (tenant_id, provisioning_client_id);

ALTER TABLE ONLY public.provisioning_clients
    ADD CONSTRAINT provisioning_clients_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.provisioning_given_groups
    ADD CONSTRAINT provisioning_given_groups_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, group_id);

ALTER TABLE ONLY public.provisioning_given_places
    ADD CONSTRAINT provisioning_given_places_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, org_id);

ALTER TABLE ONLY public.provisioning_given_roles
    ADD CONSTRAINT provisioning_given_roles_pk PRIMARY KEY (tenant_id, identity_provider_id, user_id, role_id, org_id);

ALTER TABLE ONLY public.provisionings
    ADD CONSTRAINT provisionings_pk PRIMARY KEY (tenant_id, identity_provider_id);

ALTER TABLE ONLY public.radius_factors
    ADD CONSTRAINT radius_factors_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.recording_segments
    ADD CONSTRAINT recording_segments_pk PRIMARY KEY (tenant_id, recording_id, first_sequence);

ALTER TABLE ONLY public.recording_stores
    ADD CONSTRAINT recording_stores_pk PRIMARY KEY (tenant_id, recording_store_id);

ALTER TABLE ONLY public.recording_stores
    ADD CONSTRAINT recording_stores_place_uq UNIQUE (tenant_id, place);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pk PRIMARY KEY (tenant_id, recording_id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_hash_uq UNIQUE (tenant_id, user_id, code_hash);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pk PRIMARY KEY (tenant_id, recovery_code_id);

ALTER TABLE ONLY public.remembered_devices
    ADD CONSTRAINT remembered_devices_pk PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.request_templates
    ADD CONSTRAINT request_templates_pk PRIMARY KEY (tenant_id, request_template_id);

ALTER TABLE ONLY public.role_bindings
    ADD CONSTRAINT role_bindings_pk PRIMARY KEY (tenant_id, role_id, user_id, org_id);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_built_in_uq UNIQUE (tenant_id, built_in);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pk PRIMARY KEY (tenant_id, role_id);

ALTER TABLE ONLY public.saml_assertions
    ADD CONSTRAINT saml_assertions_pk PRIMARY KEY (tenant_id, identity_provider_id, assertion_hash);

ALTER TABLE ONLY public.secret_checkouts
    ADD CONSTRAINT secret_checkouts_pk PRIMARY KEY (tenant_id, checkout_id);

ALTER TABLE ONLY public.secret_checkouts
    ADD CONSTRAINT secret_checkouts_ticket_uq UNIQUE (tenant_id, ticket_id);

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pk PRIMARY KEY (tenant_id, account_id, version);

ALTER TABLE ONLY public.sent_codes
    ADD CONSTRAINT sent_codes_pk PRIMARY KEY (tenant_id, user_id, channel);

ALTER TABLE ONLY public.service_levels
    ADD CONSTRAINT service_levels_pk PRIMARY KEY (tenant_id, hour, bucket);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pk PRIMARY KEY (tenant_id, session_id);

ALTER TABLE ONLY public.sign_in_addresses
    ADD CONSTRAINT sign_in_addresses_pk PRIMARY KEY (tenant_id, address);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pk PRIMARY KEY (tenant_id, sign_in_link_id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_pk PRIMARY KEY (tenant_id, sign_in_id);

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.sign_out_hints
    ADD CONSTRAINT sign_out_hints_person_uq UNIQUE (tenant_id, identity_provider_id, user_id);

ALTER TABLE ONLY public.sign_out_hints
    ADD CONSTRAINT sign_out_hints_pk PRIMARY KEY (tenant_id, sign_out_hint_id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_pk PRIMARY KEY (sign_up_id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_token_uq UNIQUE (token_hash);

ALTER TABLE ONLY public.site_messages
    ADD CONSTRAINT site_messages_once_uq UNIQUE (tenant_id, user_id, occasion);

ALTER TABLE ONLY public.site_messages
    ADD CONSTRAINT site_messages_pk PRIMARY KEY (tenant_id, site_message_id);

ALTER TABLE ONLY public.sms_gateways
    ADD CONSTRAINT sms_gateways_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.sms_gateways
    ADD CONSTRAINT sms_gateways_pk PRIMARY KEY (tenant_id, sms_gateway_id);

ALTER TABLE ONLY public.sms_sends
    ADD CONSTRAINT sms_sends_pk PRIMARY KEY (tenant_id, sms_send_id);

ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_fingerprint_uq UNIQUE (tenant_id, fingerprint);

ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_pk PRIMARY KEY (tenant_id, ssh_key_id);

ALTER TABLE ONLY public.support_accesses
    ADD CONSTRAINT support_accesses_pk PRIMARY KEY (tenant_id, support_access_id);

ALTER TABLE ONLY public.support_sessions
    ADD CONSTRAINT support_sessions_access_uq UNIQUE (tenant_id, support_access_id);

ALTER TABLE ONLY public.support_sessions
    ADD CONSTRAINT support_sessions_pk PRIMARY KEY (tenant_id, support_session_id);

ALTER TABLE ONLY public.support_sessions
    ADD CONSTRAINT support_sessions_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.temporary_passwords
    ADD CONSTRAINT temporary_passwords_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.tenant_closings
    ADD CONSTRAINT tenant_closings_pk PRIMARY KEY (tenant_id, closed_at);

ALTER TABLE ONLY public.tenant_endpoint_rules
    ADD CONSTRAINT tenant_endpoint_rules_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_erasures
    ADD CONSTRAINT tenant_erasures_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_factor_rules
    ADD CONSTRAINT tenant_factor_rules_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_keys
    ADD CONSTRAINT tenant_keys_pk PRIMARY KEY (tenant_id, tenant_key_id);

ALTER TABLE ONLY public.tenant_keys
    ADD CONSTRAINT tenant_keys_version_uq UNIQUE (tenant_id, version);

ALTER TABLE ONLY public.tenant_own_keys
    ADD CONSTRAINT tenant_own_keys_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_pinnings
    ADD CONSTRAINT tenant_pinnings_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_plan_history
    ADD CONSTRAINT tenant_plan_history_pk PRIMARY KEY (tenant_id, valid_from);

ALTER TABLE ONLY public.tenant_plans
    ADD CONSTRAINT tenant_plans_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_quotas
    ADD CONSTRAINT tenant_quotas_pk PRIMARY KEY (tenant_id, kind);

ALTER TABLE ONLY public.tenant_setting_values
    ADD CONSTRAINT tenant_setting_values_pk PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY public.tenant_sign_in_rules
    ADD CONSTRAINT tenant_sign_in_rules_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_signing_keys
    ADD CONSTRAINT tenant_signing_keys_pk PRIMARY KEY (tenant_id, signing_key_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_host_name_uq UNIQUE (host_name);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_slug_uq UNIQUE (slug);

ALTER TABLE ONLY public.terminal_tokens
    ADD CONSTRAINT terminal_tokens_hash_uq UNIQUE (token_hash);

ALTER TABLE ONLY public.terminal_tokens
    ADD CONSTRAINT terminal_tokens_pk PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.ticket_approvers
    ADD CONSTRAINT ticket_approvers_pk PRIMARY KEY (tenant_id, ticket_id, level, user_id);

ALTER TABLE ONLY public.ticket_assets
    ADD CONSTRAINT ticket_assets_pk PRIMARY KEY (tenant_id, ticket_id, asset_id);

ALTER TABLE ONLY public.ticket_comments
    ADD CONSTRAINT ticket_comments_pk PRIMARY KEY (tenant_id, comment_id);

ALTER TABLE ONLY public.ticket_copies
    ADD CONSTRAINT ticket_copies_pk PRIMARY KEY (tenant_id, ticket_id, user_id);

ALTER TABLE ONLY public.ticket_counters
    ADD CONSTRAINT ticket_counters_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_pk PRIMARY KEY (tenant_id, decision_id);

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_seat_uq UNIQUE (tenant_id, ticket_id, seat_id);

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_user_uq UNIQUE (tenant_id, ticket_id, user_id);

ALTER TABLE ONLY public.ticket_levels
    ADD CONSTRAINT ticket_levels_pk PRIMARY KEY (tenant_id, ticket_id, level);

ALTER TABLE ONLY public.ticket_mail_links
    ADD CONSTRAINT ticket_mail_links_pk PRIMARY KEY (tenant_id, token_hash);

ALTER TABLE ONLY public.ticket_moves
    ADD CONSTRAINT ticket_moves_pk PRIMARY KEY (tenant_id, ticket_id, move_id);

ALTER TABLE ONLY public.ticket_reviews
    ADD CONSTRAINT ticket_reviews_pk PRIMARY KEY (tenant_id, ticket_id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_number_uq UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_pk PRIMARY KEY (tenant_id, ticket_id);

ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.usage_events
    ADD CONSTRAINT usage_events_pk PRIMARY KEY (tenant_id, at, source, id, meter);

ALTER TABLE ONLY public.usage_events_default
    ADD CONSTRAINT usage_events_default_pkey PRIMARY KEY (tenant_id, at, source, id, meter);

ALTER TABLE ONLY public.usage_marks
    ADD CONSTRAINT usage_marks_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.usage_rollups
    ADD CONSTRAINT usage_rollups_pk PRIMARY KEY (tenant_id, hour, meter);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_login_uq UNIQUE (tenant_id, login);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.web_sessions
    ADD CONSTRAINT web_sessions_pk PRIMARY KEY (tenant_id, web_session_id);

ALTER TABLE ONLY public.web_sessions
    ADD CONSTRAINT web_sessions_token_uq UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pk PRIMARY KEY (tenant_id, delivery_id, number);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_once_uq UNIQUE (tenant_id, webhook_id, event_id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pk PRIMARY KEY (tenant_id, delivery_id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_name_uq UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pk PRIMARY KEY (tenant_id, webhook_id);

ALTER TABLE ONLY public.worker_assertions
    ADD CONSTRAINT worker_assertions_pk PRIMARY KEY (worker_id, jti);

ALTER TABLE ONLY public.worker_enrolments
    ADD CONSTRAINT worker_enrolments_pk PRIMARY KEY (enrolment_id);

ALTER TABLE ONLY public.worker_enrolments
    ADD CONSTRAINT worker_enrolments_token_uq UNIQUE (token_hash);

ALTER TABLE ONLY public.worker_events
    ADD CONSTRAINT worker_events_pk PRIMARY KEY (worker_id, sequence);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pk PRIMARY KEY (worker_id);

CREATE INDEX access_key_nonces_expiry_ix ON public.access_key_nonces USING btree (expires_at);

CREATE INDEX access_keys_link_ix ON public.access_keys USING btree (tenant_id, bound_provider_id, user_id) WHERE (bound_provider_id IS NOT NULL);

CREATE INDEX access_keys_user_ix ON public.access_keys USING btree (tenant_id, user_id);

CREATE INDEX accounts_name_ix ON public.accounts USING btree (tenant_id, name, account_id);

CREATE INDEX admissions_user_ix ON public.admissions USING btree (tenant_id, user_id) WHERE (stage = 'admitted'::text);

CREATE INDEX admissions_waiting_ix ON public.admissions USING btree (tenant_id, ticket_id) WHERE (stage = 'waiting'::text);

CREATE INDEX admissions_worker_ix ON public.admissions USING btree (worker_id, admission_id);

CREATE INDEX announcement_audience_group_ix ON public.announcement_audience USING btree (tenant_id, group_id) WHERE (group_id IS NOT NULL);

CREATE INDEX announcement_audience_role_ix ON public.announcement_audience USING btree (tenant_id, role_id) WHERE (role_id IS NOT NULL);

CREATE INDEX announcement_audience_user_ix ON public.announcement_audience USING btree (tenant_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX announcements_author_ix ON public.announcements USING btree (tenant_id, created_by);

CREATE INDEX announcements_due_ix ON public.announcements USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX announcements_provider_ix ON public.announcements USING btree (provider_announcement_id) WHERE (provider_announcement_id IS NOT NULL);

CREATE INDEX api_tokens_link_ix ON public.api_tokens USING btree (tenant_id, bound_provider_id, user_id) WHERE (bound_provider_id IS NOT NULL);

CREATE INDEX api_tokens_user_ix ON public.api_tokens USING btree (tenant_id, user_id);

CREATE INDEX asset_arrangements_user_ix ON public.asset_arrangements USING btree (tenant_id, user_id);

CREATE INDEX asset_labels_asset_ix ON public.asset_labels USING btree (tenant_id, asset_id, key, value);

CREATE INDEX asset_nodes_asset_ix ON public.asset_nodes USING btree (tenant_id, asset_id, node_id);

CREATE INDEX assets_created_ix ON public.assets USING btree (tenant_id, created_at, asset_id);

CREATE INDEX assets_name_ix ON public.assets USING btree (tenant_id, name, asset_id);

CREATE INDEX assets_org_ix ON public.assets USING btree (tenant_id, org_id);

CREATE INDEX assets_owner_ix ON public.assets USING btree (tenant_id, owner_id) WHERE (owner_id IS NOT NULL);

CREATE INDEX audit_events_action_ix ON ONLY public.audit_events USING btree (tenant_id, action, at);

CREATE INDEX audit_events_actor_ix ON ONLY public.audit_events USING btree (tenant_id, actor_id, at);

CREATE INDEX audit_events_default_tenant_id_action_at_idx ON public.audit_events_default USING btree (tenant_id, action, at);

CREATE INDEX audit_events_default_tenant_id_actor_id_at_idx ON public.audit_events_default USING btree (tenant_id, actor_id, at);

CREATE INDEX audit_events_target_ix ON ONLY public.audit_events USING btree (tenant_id, target_id, at);

CREATE INDEX audit_events_default_tenant_id_target_id_at_idx ON public.audit_events_default USING btree (tenant_id, target_id, at);

CREATE INDEX break_glass_uses_grant_ix ON public.break_glass_uses USING btree (tenant_id, grant_id);

CREATE INDEX break_glass_uses_late_ix ON public.break_glass_uses USING btree (review_due_at) WHERE ((reviewed_at IS NULL) AND (told_late_at IS NULL));

CREATE INDEX break_glass_uses_open_ix ON public.break_glass_uses USING btree (tenant_id, user_id, review_due_at) WHERE (reviewed_at IS NULL);

CREATE INDEX break_glass_uses_used_ix ON public.break_glass_uses USING btree (tenant_id, used_at, ticket_id);

CREATE INDEX browser_sign_ins_expiry_ix ON public.browser_sign_ins USING btree (tenant_id, expires_at);

CREATE INDEX browser_sign_ins_network_ix ON public.browser_sign_ins USING btree (tenant_id, network, expires_at);

CREATE INDEX browser_sign_ins_provider_ix ON public.browser_sign_ins USING btree (tenant_id, identity_provider_id);

CREATE INDEX browser_sign_ins_session_ix ON public.browser_sign_ins USING btree (tenant_id, web_session_id) WHERE (web_session_id IS NOT NULL);

CREATE INDEX browser_sign_ins_tester_ix ON public.browser_sign_ins USING btree (tenant_id, tester_id);

CREATE INDEX cas_tickets_expiry_ix ON public.cas_tickets USING btree (tenant_id, expires_at);

CREATE INDEX commands_session_ix ON ONLY public.commands USING btree (tenant_id, session_id, at);

CREATE INDEX commands_default_tenant_id_session_id_at_idx ON public.commands_default USING btree (tenant_id, session_id, at);

CREATE INDEX decision_challenges_expiry_ix ON public.decision_challenges USING btree (expires_at);

CREATE INDEX decision_challenges_user_ix ON public.decision_challenges USING btree (tenant_id, user_id, ticket_id);

CREATE INDEX delegations_from_ix ON public.delegations USING btree (tenant_id, from_id, created_at);

CREATE INDEX delegations_to_ix ON public.delegations USING btree (tenant_id, to_id, ends_at) WHERE (ended_at IS NULL);

CREATE INDEX device_links_expiry_ix ON public.device_links USING btree (tenant_id, expires_at);

CREATE INDEX device_links_network_ix ON public.device_links USING btree (tenant_id, network, expires_at);

CREATE INDEX device_links_user_ix ON public.device_links USING btree (tenant_id, user_id);

CREATE INDEX events_pending_ix ON public.events USING btree (tenant_id, sequence) WHERE ((NOT urgent) AND (dispatched_at IS NULL) AND (dead_at IS NULL));

CREATE INDEX events_urgent_ix ON public.events USING btree (tenant_id, sequence) WHERE (urgent AND (dispatched_at IS NULL) AND (dead_at IS NULL));

CREATE INDEX face_checks_expiry_ix ON public.face_checks USING btree (expires_at);

CREATE INDEX face_checks_session_ix ON public.face_checks USING btree (tenant_id, web_session_id) WHERE (web_session_id IS NOT NULL);

CREATE INDEX face_checks_sign_in_ix ON public.face_checks USING btree (tenant_id, sign_in_id) WHERE (sign_in_id IS NOT NULL);

CREATE INDEX face_checks_user_ix ON public.face_checks USING btree (tenant_id, user_id);

CREATE INDEX familiar_addresses_over_ix ON public.familiar_addresses USING btree (signed_in_at);

CREATE INDEX familiar_browsers_over_ix ON public.familiar_browsers USING btree (signed_in_at);

CREATE INDEX familiar_places_over_ix ON public.familiar_places USING btree (signed_in_at);

CREATE INDEX flow_approvers_role_ix ON public.flow_approvers USING btree (tenant_id, role_id) WHERE (role_id IS NOT NULL);

CREATE UNIQUE INDEX flows_default_uq ON public.flows USING btree (tenant_id, org_id) WHERE is_default;

CREATE INDEX flows_org_ix ON public.flows USING btree (tenant_id, org_id);

CREATE INDEX grant_assets_grant_ix ON public.grant_assets USING btree (tenant_id, grant_id);

CREATE INDEX grant_groups_grant_ix ON public.grant_groups USING btree (tenant_id, grant_id);

CREATE INDEX grant_nodes_grant_ix ON public.grant_nodes USING btree (tenant_id, grant_id);

CREATE INDEX grant_users_grant_ix ON public.grant_users USING btree (tenant_id, grant_id);

CREATE INDEX grants_created_ix ON public.grants USING btree (tenant_id, created_at, grant_id);

CREATE INDEX grants_ending_ix ON public.grants USING btree (ends_at) WHERE ((state = 'active'::text) AND (ends_at IS NOT NULL));

CREATE INDEX grants_org_ix ON public.grants USING btree (tenant_id, org_id);

CREATE INDEX grants_remind_ix ON public.grants USING btree (remind_at) WHERE ((state = 'active'::text) AND (remind_at IS NOT NULL));

CREATE UNIQUE INDEX grants_ticket_uq ON public.grants USING btree (tenant_id, ticket_id) WHERE (ticket_id IS NOT NULL);

CREATE INDEX grants_unused_ix ON public.grants USING btree (unused_at) WHERE ((state = 'active'::text) AND (unused_at IS NOT NULL));

CREATE INDEX group_members_user_ix ON public.group_members USING btree (tenant_id, user_id, group_id);

CREATE UNIQUE INDEX groups_directory_uq ON public.groups USING btree (tenant_id, identity_provider_id, directory_id) WHERE (identity_provider_id IS NOT NULL);

CREATE INDEX groups_org_ix ON public.groups USING btree (tenant_id, org_id);

CREATE INDEX idempotency_keys_age_ix ON public.idempotency_keys USING btree (created_at);

CREATE INDEX identity_bindings_provider_ix ON public.identity_bindings USING btree (tenant_id, identity_provider_id);

CREATE INDEX identity_bindings_user_ix ON public.identity_bindings USING btree (tenant_id, user_id);

CREATE INDEX identity_challenges_after_ix ON public.identity_challenges USING btree (tenant_id, after_provider_id) WHERE (after_provider_id IS NOT NULL);

CREATE INDEX identity_challenges_provider_ix ON public.identity_challenges USING btree (tenant_id, identity_provider_id);

CREATE INDEX identity_challenges_user_ix ON public.identity_challenges USING btree (tenant_id, user_id);

CREATE INDEX identity_given_groups_group_ix ON public.identity_given_groups USING btree (tenant_id, group_id);

CREATE INDEX identity_given_groups_user_ix ON public.identity_given_groups USING btree (tenant_id, user_id);

CREATE INDEX identity_given_places_org_ix ON public.identity_given_places USING btree (tenant_id, org_id);

CREATE INDEX identity_given_places_user_ix ON public.identity_given_places USING btree (tenant_id, user_id);

CREATE INDEX identity_given_roles_org_ix ON public.identity_given_roles USING btree (tenant_id, org_id);

CREATE INDEX identity_given_roles_role_ix ON public.identity_given_roles USING btree (tenant_id, role_id);

CREATE INDEX identity_given_roles_user_ix ON public.identity_given_roles USING btree (tenant_id, user_id);

CREATE INDEX identity_links_user_ix ON public.identity_links USING btree (tenant_id, user_id);

CREATE INDEX identity_provider_rules_group_ix ON public.identity_provider_rules USING btree (tenant_id, group_id);

CREATE INDEX identity_provider_rules_org_ix ON public.identity_provider_rules USING btree (tenant_id, org_id) WHERE (org_id IS NOT NULL);

CREATE INDEX identity_provider_rules_role_ix ON public.identity_provider_rules USING btree (tenant_id, role_id);

CREATE INDEX identity_providers_order_ix ON public.identity_providers USING btree (tenant_id, "position", identity_provider_id);

CREATE INDEX identity_sessions_session_ix ON public.identity_sessions USING btree (tenant_id, identity_provider_id, session_hash) WHERE (session_hash IS NOT NULL);

CREATE INDEX identity_sessions_subject_ix ON public.identity_sessions USING btree (tenant_id, identity_provider_id, subject_hash);

CREATE INDEX identity_sessions_user_ix ON public.identity_sessions USING btree (tenant_id, user_id, created_at);

CREATE UNIQUE INDEX identity_sync_runs_one_uq ON public.identity_sync_runs USING btree (tenant_id, identity_provider_id) WHERE (finished_at IS NULL);

CREATE INDEX identity_sync_runs_provider_ix ON public.identity_sync_runs USING btree (tenant_id, identity_provider_id, created_at, identity_sync_run_id);

CREATE INDEX identity_syncs_due_ix ON public.identity_syncs USING btree (next_run_at);

CREATE INDEX invoices_finalised_ix ON public.invoices USING btree (finalised_at, invoice_id);

CREATE UNIQUE INDEX jobs_dedupe_uq ON public.jobs USING btree (kind, dedupe_key) WHERE ((dedupe_key IS NOT NULL) AND (state = ANY (ARRAY['waiting'::text, 'running'::text])));

CREATE INDEX jobs_lane_ix ON public.jobs USING btree (lane, run_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

CREATE INDEX mails_finished_ix ON public.mails USING btree (finished_at) WHERE (state <> 'pending'::text);

CREATE INDEX messenger_cards_channel_ix ON public.messenger_cards USING btree (tenant_id, channel_id, created_at);

CREATE INDEX messenger_cards_due_ix ON public.messenger_cards USING btree (tenant_id, channel_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX messenger_cards_fallback_ix ON public.messenger_cards USING btree (fallback_at) WHERE (fallback_at IS NOT NULL);

CREATE INDEX messenger_cards_notices_ix ON public.messenger_cards USING btree (created_at) WHERE (ticket_id IS NULL);

CREATE UNIQUE INDEX messenger_cards_room_uq ON public.messenger_cards USING btree (tenant_id, channel_id, occasion) WHERE (user_id IS NULL);

CREATE INDEX messenger_cards_user_ix ON public.messenger_cards USING btree (tenant_id, user_id);

CREATE INDEX messenger_events_at_ix ON public.messenger_events USING btree (at);

CREATE INDEX messenger_people_address_ix ON public.messenger_people USING btree (tenant_id, channel_id, address);

CREATE INDEX messenger_streams_holder_ix ON public.messenger_streams USING btree (holder) WHERE (holder IS NOT NULL);

CREATE INDEX messenger_streams_retry_ix ON public.messenger_streams USING btree (retry_at);

CREATE INDEX node_arrangements_user_ix ON public.node_arrangements USING btree (tenant_id, user_id);

CREATE INDEX node_closure_descendant_ix ON public.node_closure USING btree (tenant_id, descendant_id, ancestor_id);

CREATE INDEX nodes_org_ix ON public.nodes USING btree (tenant_id, org_id);

CREATE INDEX nodes_owner_ix ON public.nodes USING btree (tenant_id, owner_id) WHERE (owner_id IS NOT NULL);

CREATE INDEX notice_deliveries_age_ix ON public.notice_deliveries USING btree (created_at) WHERE (state <> 'waiting'::text);

CREATE INDEX notice_deliveries_due_ix ON public.notice_deliveries USING btree (tenant_id, due_at) WHERE (state = 'waiting'::text);

CREATE UNIQUE INDEX notice_deliveries_room_uq ON public.notice_deliveries USING btree (tenant_id, channel, occasion) WHERE (channel = 'teams'::text);

CREATE INDEX notice_deliveries_waiting_ix ON public.notice_deliveries USING btree (due_at) WHERE (state = 'waiting'::text);

CREATE INDEX notice_rounds_age_ix ON public.notice_rounds USING btree (created_at) WHERE (due_at IS NULL);

CREATE INDEX notice_rounds_due_ix ON public.notice_rounds USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX organization_closure_descendant_ix ON public.organization_closure USING btree (tenant_id, descendant_id, ancestor_id);

CREATE UNIQUE INDEX organizations_name_uq ON public.organizations USING btree (tenant_id, parent_id, name) WHERE (merged_at IS NULL);

CREATE INDEX passkey_challenges_session_ix ON public.passkey_challenges USING btree (tenant_id, web_session_id);

CREATE INDEX passkey_challenges_sign_in_ix ON public.passkey_challenges USING btree (tenant_id, sign_in_id);

CREATE INDEX passkeys_user_ix ON public.passkeys USING btree (tenant_id, user_id);

CREATE UNIQUE INDEX plans_default_uq ON public.plans USING btree (is_default) WHERE is_default;

CREATE INDEX provider_audit_events_tenant_ix ON public.provider_audit_events USING btree (about_tenant, at);

CREATE INDEX provider_sessions_operator_ix ON public.provider_sessions USING btree (operator_id);

CREATE INDEX provider_sessions_previous_ix ON public.provider_sessions USING btree (previous_token_hash);

CREATE INDEX provider_sign_ins_operator_ix ON public.provider_sign_ins USING btree (operator_id);

CREATE INDEX provisioned_members_user_ix ON public.provisioned_members USING btree (tenant_id, identity_provider_id, user_id);

CREATE UNIQUE INDEX provisioned_users_external_uq ON public.provisioned_users USING btree (tenant_id, identity_provider_id, external_id) WHERE (removed_at IS NULL);

CREATE INDEX provisioned_users_left_ix ON public.provisioned_users USING btree (tenant_id, identity_provider_id) WHERE (left_at IS NOT NULL);

CREATE INDEX provisioned_users_manager_ix ON public.provisioned_users USING btree (tenant_id, identity_provider_id, lower(((profile -> 'manager'::text) ->> 'value'::text))) WHERE (profile ? 'manager'::text);

CREATE UNIQUE INDEX provisioned_users_name_uq ON public.provisioned_users USING btree (tenant_id, identity_provider_id, user_name) WHERE (removed_at IS NULL);

CREATE INDEX provisioned_users_user_ix ON public.provisioned_users USING btree (tenant_id, user_id);

CREATE INDEX provisioning_calls_provider_ix ON public.provisioning_calls USING btree (tenant_id, identity_provider_id, provisioning_call_id);

CREATE INDEX provisioning_clients_previous_ix ON public.provisioning_clients USING btree (tenant_id, previous_hash);

CREATE INDEX provisioning_given_groups_group_ix ON public.provisioning_given_groups USING btree (tenant_id, group_id);

CREATE INDEX provisioning_given_groups_user_ix ON public.provisioning_given_groups USING btree (tenant_id, user_id);

CREATE INDEX provisioning_given_places_org_ix ON public.provisioning_given_places USING btree (tenant_id, org_id);

CREATE INDEX provisioning_given_places_user_ix ON public.provisioning_given_places USING btree (tenant_id, user_id);

CREATE INDEX provisioning_given_roles_org_ix ON public.provisioning_given_roles USING btree (tenant_id, org_id);

CREATE INDEX provisioning_given_roles_role_ix ON public.provisioning_given_roles USING btree (tenant_id, role_id);

CREATE INDEX provisioning_given_roles_user_ix ON public.provisioning_given_roles USING btree (tenant_id, user_id);

CREATE INDEX radius_factors_provider_ix ON public.radius_factors USING btree (tenant_id, identity_provider_id);

CREATE INDEX recordings_age_ix ON public.recordings USING btree (tenant_id, started_at) WHERE (state = ANY (ARRAY['complete'::text, 'incomplete'::text, 'absent'::text]));

CREATE INDEX recordings_session_ix ON public.recordings USING btree (tenant_id, session_id);

CREATE INDEX recordings_tenant_key_ix ON public.recordings USING btree (tenant_id, tenant_key_id);

CREATE INDEX recordings_unsealed_ix ON public.recordings USING btree (started_at) WHERE (state = ANY (ARRAY['open'::text, 'uploaded'::text]));

CREATE INDEX remembered_devices_expiry_ix ON public.remembered_devices USING btree (expires_at);

CREATE INDEX remembered_devices_user_ix ON public.remembered_devices USING btree (tenant_id, user_id, remembered_at);

CREATE UNIQUE INDEX request_templates_name_uq ON public.request_templates USING btree (tenant_id, org_id, name) WHERE (owner_id IS NULL);

CREATE INDEX request_templates_org_ix ON public.request_templates USING btree (tenant_id, org_id);

CREATE UNIQUE INDEX request_templates_own_name_uq ON public.request_templates USING btree (tenant_id, owner_id, name) WHERE (owner_id IS NOT NULL);

CREATE INDEX role_bindings_ends_ix ON public.role_bindings USING btree (ends_at) WHERE (ends_at IS NOT NULL);

CREATE INDEX role_bindings_org_ix ON public.role_bindings USING btree (tenant_id, org_id);

CREATE INDEX role_bindings_user_ix ON public.role_bindings USING btree (tenant_id, user_id, role_id);

CREATE INDEX saml_assertions_expiry_ix ON public.saml_assertions USING btree (tenant_id, expires_at);

CREATE INDEX secret_checkouts_account_ix ON public.secret_checkouts USING btree (tenant_id, account_id, ends_at);

CREATE INDEX secret_checkouts_created_ix ON public.secret_checkouts USING btree (tenant_id, created_at, checkout_id);

CREATE INDEX secret_checkouts_ending_ix ON public.secret_checkouts USING btree (ends_at) WHERE (state = 'active'::text);

CREATE INDEX secret_checkouts_known_ix ON public.secret_checkouts USING btree (tenant_id, account_id, shown_version) WHERE (shown_version IS NOT NULL);

CREATE INDEX secret_checkouts_remind_ix ON public.secret_checkouts USING btree (remind_at) WHERE ((state = 'active'::text) AND (remind_at IS NOT NULL));

CREATE INDEX secret_checkouts_user_ix ON public.secret_checkouts USING btree (tenant_id, user_id, created_at, checkout_id);

CREATE INDEX secrets_key_ix ON public.secrets USING btree (tenant_id, tenant_key_id);

CREATE INDEX sent_codes_expiry_ix ON public.sent_codes USING btree (expires_at);

CREATE INDEX service_levels_hour_ix ON public.service_levels USING btree (hour);

CREATE INDEX sessions_asset_ix ON public.sessions USING btree (tenant_id, asset_id, created_at);

CREATE INDEX sessions_created_ix ON public.sessions USING btree (tenant_id, created_at, session_id);

CREATE INDEX sessions_expiry_ix ON public.sessions USING btree (expires_at) WHERE (state <> 'ended'::text);

CREATE INDEX sessions_grant_ix ON public.sessions USING btree (tenant_id, grant_id);

CREATE INDEX sessions_lease_ix ON public.sessions USING btree (lease_until) WHERE (state <> 'ended'::text);

CREATE INDEX sessions_live_ix ON public.sessions USING btree (tenant_id, grant_id) WHERE (state <> 'ended'::text);

CREATE INDEX sessions_org_ix ON public.sessions USING btree (tenant_id, org_id);

CREATE UNIQUE INDEX sessions_recording_ix ON public.sessions USING btree (worker_id, recording_id);

CREATE INDEX sessions_user_ix ON public.sessions USING btree (tenant_id, user_id, created_at);

CREATE UNIQUE INDEX sessions_worker_ix ON public.sessions USING btree (worker_id, session_id);

CREATE INDEX sign_in_addresses_locked_ix ON public.sign_in_addresses USING btree (tenant_id, locked_until);

CREATE INDEX sign_in_addresses_over_ix ON public.sign_in_addresses USING btree (failed_at);

CREATE INDEX sign_in_links_expiry_ix ON public.sign_in_links USING btree (expires_at);

CREATE INDEX sign_in_links_user_ix ON public.sign_in_links USING btree (tenant_id, user_id);

CREATE INDEX sign_ins_link_ix ON public.sign_ins USING btree (tenant_id, bound_provider_id, user_id) WHERE (bound_provider_id IS NOT NULL);

CREATE INDEX sign_ins_user_ix ON public.sign_ins USING btree (tenant_id, user_id);

CREATE INDEX sign_out_hints_age_ix ON public.sign_out_hints USING btree (created_at);

CREATE INDEX sign_ups_email_ix ON public.sign_ups USING btree (email, created_at);

CREATE INDEX sign_ups_state_ix ON public.sign_ups USING btree (state, created_at, sign_up_id);

CREATE INDEX site_messages_age_ix ON public.site_messages USING btree (created_at);

CREATE INDEX site_messages_announcement_ix ON public.site_messages USING btree (tenant_id, announcement_id) WHERE (announcement_id IS NOT NULL);

CREATE INDEX site_messages_unread_ix ON public.site_messages USING btree (tenant_id, user_id) WHERE (read_at IS NULL);

CREATE INDEX site_messages_user_ix ON public.site_messages USING btree (tenant_id, user_id, created_at);

CREATE INDEX sms_sends_age_ix ON public.sms_sends USING btree (sent_at);

CREATE INDEX sms_sends_time_ix ON public.sms_sends USING btree (tenant_id, sent_at);

CREATE INDEX ssh_keys_ends_ix ON public.ssh_keys USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (disabled_at IS NULL) AND (end_told_at IS NULL));

CREATE INDEX ssh_keys_link_ix ON public.ssh_keys USING btree (tenant_id, bound_provider_id, user_id) WHERE (bound_provider_id IS NOT NULL);

CREATE INDEX ssh_keys_user_ix ON public.ssh_keys USING btree (tenant_id, user_id);

CREATE INDEX support_accesses_all_ix ON public.support_accesses USING btree (asked_at, support_access_id);

CREATE INDEX support_accesses_asked_ix ON public.support_accesses USING btree (tenant_id, asked_at, support_access_id);

CREATE INDEX temporary_passwords_over_ix ON public.temporary_passwords USING btree (expires_at);

CREATE UNIQUE INDEX tenant_closings_open_uq ON public.tenant_closings USING btree (tenant_id) WHERE (reopened_at IS NULL);

CREATE UNIQUE INDEX tenant_keys_current_uq ON public.tenant_keys USING btree (tenant_id) WHERE (retired_at IS NULL);

CREATE INDEX tenant_keys_master_ix ON public.tenant_keys USING btree (master_key_id);

CREATE INDEX tenant_keys_retired_ix ON public.tenant_keys USING btree (retired_at) WHERE (retired_at IS NOT NULL);

CREATE INDEX tenant_plans_plan_ix ON public.tenant_plans USING btree (plan_id);

CREATE UNIQUE INDEX tenant_signing_keys_current_uq ON public.tenant_signing_keys USING btree (tenant_id, purpose) WHERE (retired_at IS NULL);

CREATE INDEX tenants_closing_ix ON public.tenants USING btree (grace_ends_at) WHERE (state = 'closing'::text);

CREATE INDEX tenants_host_name_check_ix ON public.tenants USING btree (host_name_checked_at NULLS FIRST) WHERE (host_name IS NOT NULL);

CREATE INDEX tenants_trial_ix ON public.tenants USING btree (trial_ends_at) WHERE (state = 'trial'::text);

CREATE INDEX ticket_approvers_user_ix ON public.ticket_approvers USING btree (tenant_id, user_id, ticket_id);

CREATE INDEX ticket_assets_asset_ix ON public.ticket_assets USING btree (tenant_id, asset_id);

CREATE INDEX ticket_comments_ticket_ix ON public.ticket_comments USING btree (tenant_id, ticket_id, created_at);

CREATE INDEX ticket_copies_user_ix ON public.ticket_copies USING btree (tenant_id, user_id, ticket_id);

CREATE INDEX ticket_mail_links_expiry_ix ON public.ticket_mail_links USING btree (expires_at);

CREATE INDEX ticket_mail_links_ticket_ix ON public.ticket_mail_links USING btree (tenant_id, ticket_id);

CREATE INDEX ticket_mail_links_user_ix ON public.ticket_mail_links USING btree (tenant_id, user_id);

CREATE INDEX ticket_moves_by_ix ON public.ticket_moves USING btree (tenant_id, by_id) WHERE (by_id IS NOT NULL);

CREATE INDEX ticket_moves_from_ix ON public.ticket_moves USING btree (tenant_id, from_id) WHERE (from_id IS NOT NULL);

CREATE INDEX ticket_moves_to_ix ON public.ticket_moves USING btree (tenant_id, to_id);

CREATE INDEX ticket_reviews_attempt_ix ON public.ticket_reviews USING btree (tenant_id, user_id, attempt);

CREATE INDEX ticket_reviews_left_ix ON public.ticket_reviews USING btree (seen_at) WHERE is_attended;

CREATE INDEX ticket_reviews_over_ix ON public.ticket_reviews USING btree (expires_at);

CREATE INDEX ticket_reviews_tenant_ix ON public.ticket_reviews USING btree (tenant_id, expires_at);

CREATE INDEX tickets_created_ix ON public.tickets USING btree (tenant_id, created_at, ticket_id);

CREATE INDEX tickets_due_ix ON public.tickets USING btree (due_at) WHERE (state = 'open'::text);

CREATE INDEX tickets_flow_ix ON public.tickets USING btree (tenant_id, flow_id);

CREATE INDEX tickets_open_ix ON public.tickets USING btree (tenant_id, requester_id) WHERE (state = 'open'::text);

CREATE INDEX tickets_org_ix ON public.tickets USING btree (tenant_id, org_id);

CREATE INDEX tickets_requester_ix ON public.tickets USING btree (tenant_id, requester_id, created_at);

CREATE INDEX usage_events_time_ix ON ONLY public.usage_events USING brin (at, received_at) WITH (autosummarize='on', pages_per_range='32');

CREATE INDEX usage_events_default_at_received_at_idx ON public.usage_events_default USING brin (at, received_at) WITH (autosummarize='on', pages_per_range='32');

CREATE INDEX usage_events_meter_ix ON ONLY public.usage_events USING btree (tenant_id, meter, at);

CREATE INDEX usage_events_default_tenant_id_meter_at_idx ON public.usage_events_default USING btree (tenant_id, meter, at);

CREATE INDEX users_created_ix ON public.users USING btree (tenant_id, created_at, user_id);

CREATE INDEX users_expiring_ix ON public.users USING btree (expires_at) WHERE ((state = 'active'::text) AND (expires_at IS NOT NULL));

CREATE INDEX users_locked_ix ON public.users USING btree (tenant_id, locked_until) WHERE (locked_until IS NOT NULL);

CREATE INDEX users_manager_ix ON public.users USING btree (tenant_id, manager_id) WHERE (manager_id IS NOT NULL);

CREATE INDEX users_manager_provider_ix ON public.users USING btree (tenant_id, manager_provider_id) WHERE (manager_provider_id IS NOT NULL);

CREATE INDEX users_name_ix ON public.users USING btree (tenant_id, name, user_id);

CREATE INDEX users_org_ix ON public.users USING btree (tenant_id, org_id);

CREATE INDEX web_sessions_link_ix ON public.web_sessions USING btree (tenant_id, bound_provider_id, user_id) WHERE (bound_provider_id IS NOT NULL);

CREATE INDEX web_sessions_previous_ix ON public.web_sessions USING btree (tenant_id, previous_token_hash);

CREATE INDEX web_sessions_seen_ix ON public.web_sessions USING btree (tenant_id, last_seen_at);

CREATE INDEX web_sessions_user_ix ON public.web_sessions USING btree (tenant_id, user_id);

CREATE INDEX webhook_deliveries_created_ix ON public.webhook_deliveries USING btree (tenant_id, created_at, delivery_id);

CREATE INDEX webhook_deliveries_due_ix ON public.webhook_deliveries USING btree (tenant_id, webhook_id, next_attempt_at) WHERE ((state = 'pending'::text) AND (NOT parked));

CREATE INDEX webhook_deliveries_finished_ix ON public.webhook_deliveries USING btree (finished_at) WHERE (state <> 'pending'::text);

CREATE UNIQUE INDEX webhook_deliveries_left_out_uq ON public.webhook_deliveries USING btree (tenant_id, webhook_id, left_out_on) WHERE (left_out_on IS NOT NULL);

CREATE INDEX webhook_deliveries_webhook_ix ON public.webhook_deliveries USING btree (tenant_id, webhook_id, created_at);

CREATE INDEX webhooks_org_ix ON public.webhooks USING btree (tenant_id, org_id) WHERE (org_id IS NOT NULL);

CREATE INDEX worker_events_age_ix ON public.worker_events USING btree (at);

CREATE UNIQUE INDEX workers_name_uq ON public.workers USING btree (name) WHERE (state <> 'removed'::text);

ALTER INDEX public.audit_events_pk ATTACH PARTITION public.audit_events_default_pkey;

ALTER INDEX public.audit_events_action_ix ATTACH PARTITION public.audit_events_default_tenant_id_action_at_idx;

ALTER INDEX public.audit_events_actor_ix ATTACH PARTITION public.audit_events_default_tenant_id_actor_id_at_idx;

ALTER INDEX public.audit_events_target_ix ATTACH PARTITION public.audit_events_default_tenant_id_target_id_at_idx;

ALTER INDEX public.commands_pk ATTACH PARTITION public.commands_default_pkey;

ALTER INDEX public.commands_session_ix ATTACH PARTITION public.commands_default_tenant_id_session_id_at_idx;

ALTER INDEX public.usage_events_time_ix ATTACH PARTITION public.usage_events_default_at_received_at_idx;

ALTER INDEX public.usage_events_pk ATTACH PARTITION public.usage_events_default_pkey;

ALTER INDEX public.usage_events_meter_ix ATTACH PARTITION public.usage_events_default_tenant_id_meter_at_idx;

CREATE TRIGGER assets_settle BEFORE INSERT ON public.assets FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER audit_events_settle BEFORE INSERT ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.audit_events_settle();

CREATE TRIGGER events_settle BEFORE INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION public.events_settle();

CREATE TRIGGER flows_settle BEFORE INSERT ON public.flows FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER grants_settle BEFORE INSERT ON public.grants FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER groups_settle BEFORE INSERT ON public.groups FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER identity_sync_runs_gone AFTER DELETE ON public.identity_sync_runs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.identity_sync_runs_gone();

CREATE TRIGGER nodes_settle BEFORE INSERT ON public.nodes FOR EACH ROW EXECUTE FUNCTION public.nodes_settle();

CREATE TRIGGER request_templates_settle BEFORE INSERT ON public.request_templates FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER role_bindings_place BEFORE INSERT OR UPDATE ON public.role_bindings FOR EACH ROW WHEN ((new.org_id <> new.tenant_id)) EXECUTE FUNCTION public.role_bindings_place();

CREATE TRIGGER role_bindings_settle BEFORE INSERT ON public.role_bindings FOR EACH ROW WHEN ((new.org_id IS NULL)) EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER sessions_settle BEFORE INSERT ON public.sessions FOR EACH ROW EXECUTE FUNCTION public.sessions_settle();

CREATE TRIGGER tenants_begin_with_a_plan AFTER INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.tenants_begin_with_a_plan();

CREATE TRIGGER tenants_begin_with_an_organization AFTER INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.tenants_begin_with_an_organization();

CREATE TRIGGER tickets_settle BEFORE INSERT ON public.tickets FOR EACH ROW EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER users_settle BEFORE INSERT ON public.users FOR EACH ROW WHEN ((new.org_id IS NULL)) EXECUTE FUNCTION public.gatehouse_settle();

CREATE TRIGGER webhooks_park AFTER UPDATE OF state ON public.webhooks FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION public.webhooks_park();

ALTER TABLE ONLY public.access_key_nonces
    ADD CONSTRAINT access_key_nonces_key_fk FOREIGN KEY (tenant_id, access_key_id) REFERENCES public.access_keys(tenant_id, access_key_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_link_fk FOREIGN KEY (tenant_id, bound_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.admissions
    ADD CONSTRAINT admissions_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.admissions
    ADD CONSTRAINT admissions_worker_fk FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);

ALTER TABLE ONLY public.announcement_audience
    ADD CONSTRAINT announcement_audience_announcement_fk FOREIGN KEY (tenant_id, announcement_id) REFERENCES public.announcements(tenant_id, announcement_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.announcement_audience
    ADD CONSTRAINT announcement_audience_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.announcement_audience
    ADD CONSTRAINT announcement_audience_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.announcement_audience
    ADD CONSTRAINT announcement_audience_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.announcements
    ADD CONSTRAINT announcements_author_fk FOREIGN KEY (tenant_id, created_by) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_link_fk FOREIGN KEY (tenant_id, bound_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.approval_rules
    ADD CONSTRAINT approval_rules_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.asset_arrangements
    ADD CONSTRAINT asset_arrangements_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_arrangements
    ADD CONSTRAINT asset_arrangements_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_labels
    ADD CONSTRAINT asset_labels_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_nodes
    ADD CONSTRAINT asset_nodes_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.asset_nodes
    ADD CONSTRAINT asset_nodes_node_fk FOREIGN KEY (tenant_id, node_id) REFERENCES public.nodes(tenant_id, node_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_owner_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES public.users(tenant_id, user_id) ON DELETE SET NULL (owner_id);

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.break_glass_policies
    ADD CONSTRAINT break_glass_policies_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.break_glass_uses
    ADD CONSTRAINT break_glass_uses_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id);

ALTER TABLE ONLY public.break_glass_uses
    ADD CONSTRAINT break_glass_uses_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.browser_sign_ins
    ADD CONSTRAINT browser_sign_ins_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.browser_sign_ins
    ADD CONSTRAINT browser_sign_ins_session_fk FOREIGN KEY (tenant_id, web_session_id) REFERENCES public.web_sessions(tenant_id, web_session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.browser_sign_ins
    ADD CONSTRAINT browser_sign_ins_tester_fk FOREIGN KEY (tenant_id, tester_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cas_tickets
    ADD CONSTRAINT cas_tickets_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.code_factors
    ADD CONSTRAINT code_factors_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_challenges
    ADD CONSTRAINT decision_challenges_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_challenges
    ADD CONSTRAINT decision_challenges_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_approver_fk FOREIGN KEY (tenant_id, ticket_id, level, user_id) REFERENCES public.ticket_approvers(tenant_id, ticket_id, level, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.decision_links
    ADD CONSTRAINT decision_links_webhook_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.webhooks(tenant_id, webhook_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_from_fk FOREIGN KEY (tenant_id, from_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_to_fk FOREIGN KEY (tenant_id, to_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.device_links
    ADD CONSTRAINT device_links_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.duty_separations
    ADD CONSTRAINT duty_separations_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.duty_separations
    ADD CONSTRAINT duty_separations_wanted_fk FOREIGN KEY (tenant_id, wanted_by) REFERENCES public.users(tenant_id, user_id) ON DELETE SET NULL (wanted_by);

ALTER TABLE ONLY public.egress_allowances
    ADD CONSTRAINT egress_allowances_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.face_checks
    ADD CONSTRAINT face_checks_session_fk FOREIGN KEY (tenant_id, web_session_id) REFERENCES public.web_sessions(tenant_id, web_session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.face_checks
    ADD CONSTRAINT face_checks_sign_in_fk FOREIGN KEY (tenant_id, sign_in_id) REFERENCES public.sign_ins(tenant_id, sign_in_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.face_checks
    ADD CONSTRAINT face_checks_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.face_components
    ADD CONSTRAINT face_components_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.face_components
    ADD CONSTRAINT face_components_tenant_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.face_factors
    ADD CONSTRAINT face_factors_tenant_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.face_factors
    ADD CONSTRAINT face_factors_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.familiar_addresses
    ADD CONSTRAINT familiar_addresses_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.familiar_browsers
    ADD CONSTRAINT familiar_browsers_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.familiar_places
    ADD CONSTRAINT familiar_places_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_approvers
    ADD CONSTRAINT flow_approvers_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_approvers
    ADD CONSTRAINT flow_approvers_level_fk FOREIGN KEY (tenant_id, flow_id, level) REFERENCES public.flow_levels(tenant_id, flow_id, level) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_approvers
    ADD CONSTRAINT flow_approvers_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id);

ALTER TABLE ONLY public.flow_approvers
    ADD CONSTRAINT flow_approvers_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_copies
    ADD CONSTRAINT flow_copies_flow_fk FOREIGN KEY (tenant_id, flow_id) REFERENCES public.flows(tenant_id, flow_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_copies
    ADD CONSTRAINT flow_copies_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_copies
    ADD CONSTRAINT flow_copies_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_levels
    ADD CONSTRAINT flow_levels_flow_fk FOREIGN KEY (tenant_id, flow_id) REFERENCES public.flows(tenant_id, flow_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flow_levels
    ADD CONSTRAINT flow_levels_webhook_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.webhooks(tenant_id, webhook_id) ON DELETE SET NULL (webhook_id);

ALTER TABLE ONLY public.flows
    ADD CONSTRAINT flows_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.flows
    ADD CONSTRAINT flows_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.grant_accounts
    ADD CONSTRAINT grant_accounts_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_assets
    ADD CONSTRAINT grant_assets_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_assets
    ADD CONSTRAINT grant_assets_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_groups
    ADD CONSTRAINT grant_groups_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_groups
    ADD CONSTRAINT grant_groups_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_nodes
    ADD CONSTRAINT grant_nodes_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_nodes
    ADD CONSTRAINT grant_nodes_node_fk FOREIGN KEY (tenant_id, node_id) REFERENCES public.nodes(tenant_id, node_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_users
    ADD CONSTRAINT grant_users_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grant_users
    ADD CONSTRAINT grant_users_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_members
    ADD CONSTRAINT group_members_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE SET NULL (identity_provider_id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.host_keys
    ADD CONSTRAINT host_keys_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_bindings
    ADD CONSTRAINT identity_bindings_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_bindings
    ADD CONSTRAINT identity_bindings_session_fk FOREIGN KEY (tenant_id, web_session_id) REFERENCES public.web_sessions(tenant_id, web_session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_bindings
    ADD CONSTRAINT identity_bindings_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_challenges
    ADD CONSTRAINT identity_challenges_after_fk FOREIGN KEY (tenant_id, after_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_challenges
    ADD CONSTRAINT identity_challenges_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_challenges
    ADD CONSTRAINT identity_challenges_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_groups
    ADD CONSTRAINT identity_given_groups_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_groups
    ADD CONSTRAINT identity_given_groups_link_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_places
    ADD CONSTRAINT identity_given_places_link_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_places
    ADD CONSTRAINT identity_given_places_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_roles
    ADD CONSTRAINT identity_given_roles_link_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_roles
    ADD CONSTRAINT identity_given_roles_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_given_roles
    ADD CONSTRAINT identity_given_roles_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_links
    ADD CONSTRAINT identity_links_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_links
    ADD CONSTRAINT identity_links_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_logout_tokens
    ADD CONSTRAINT identity_logout_tokens_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_provider_rules
    ADD CONSTRAINT identity_provider_rules_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_provider_rules
    ADD CONSTRAINT identity_provider_rules_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.identity_provider_rules
    ADD CONSTRAINT identity_provider_rules_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_provider_rules
    ADD CONSTRAINT identity_provider_rules_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id);

ALTER TABLE ONLY public.identity_providers
    ADD CONSTRAINT identity_providers_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.identity_providers
    ADD CONSTRAINT identity_providers_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.identity_sessions
    ADD CONSTRAINT identity_sessions_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_sessions
    ADD CONSTRAINT identity_sessions_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_sync_runs
    ADD CONSTRAINT identity_sync_runs_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_syncs
    ADD CONSTRAINT identity_syncs_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_channel_fk FOREIGN KEY (tenant_id, channel_id) REFERENCES public.messenger_channels(tenant_id, channel_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_cards
    ADD CONSTRAINT messenger_cards_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_channels
    ADD CONSTRAINT messenger_channels_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE SET NULL (identity_provider_id);

ALTER TABLE ONLY public.messenger_channels
    ADD CONSTRAINT messenger_channels_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.messenger_events
    ADD CONSTRAINT messenger_events_channel_fk FOREIGN KEY (tenant_id, channel_id) REFERENCES public.messenger_channels(tenant_id, channel_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_people
    ADD CONSTRAINT messenger_people_channel_fk FOREIGN KEY (tenant_id, channel_id) REFERENCES public.messenger_channels(tenant_id, channel_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_people
    ADD CONSTRAINT messenger_people_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messenger_streams
    ADD CONSTRAINT messenger_streams_channel_fk FOREIGN KEY (tenant_id, channel_id) REFERENCES public.messenger_channels(tenant_id, channel_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.node_arrangements
    ADD CONSTRAINT node_arrangements_node_fk FOREIGN KEY (tenant_id, node_id) REFERENCES public.nodes(tenant_id, node_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.node_arrangements
    ADD CONSTRAINT node_arrangements_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.node_closure
    ADD CONSTRAINT node_closure_ancestor_fk FOREIGN KEY (tenant_id, ancestor_id) REFERENCES public.nodes(tenant_id, node_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.node_closure
    ADD CONSTRAINT node_closure_descendant_fk FOREIGN KEY (tenant_id, descendant_id) REFERENCES public.nodes(tenant_id, node_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_owner_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES public.users(tenant_id, user_id) ON DELETE SET NULL (owner_id);

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_parent_fk FOREIGN KEY (tenant_id, parent_id) REFERENCES public.nodes(tenant_id, node_id);

ALTER TABLE ONLY public.nodes
    ADD CONSTRAINT nodes_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.notice_deliveries
    ADD CONSTRAINT notice_deliveries_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice_preferences
    ADD CONSTRAINT notice_preferences_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice_subscriptions
    ADD CONSTRAINT notice_subscriptions_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.organization_closure
    ADD CONSTRAINT organization_closure_ancestor_fk FOREIGN KEY (tenant_id, ancestor_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.organization_closure
    ADD CONSTRAINT organization_closure_descendant_fk FOREIGN KEY (tenant_id, descendant_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.organization_setting_values
    ADD CONSTRAINT organization_setting_values_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_parent_fk FOREIGN KEY (tenant_id, parent_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_session_fk FOREIGN KEY (tenant_id, web_session_id) REFERENCES public.web_sessions(tenant_id, web_session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_sign_in_fk FOREIGN KEY (tenant_id, sign_in_id) REFERENCES public.sign_ins(tenant_id, sign_in_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_roots
    ADD CONSTRAINT passkey_roots_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_history
    ADD CONSTRAINT password_history_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_price_lists
    ADD CONSTRAINT plan_price_lists_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plans(plan_id);

ALTER TABLE ONLY public.provider_second_factors
    ADD CONSTRAINT provider_second_factors_operator_fk FOREIGN KEY (operator_id) REFERENCES public.provider_operators(operator_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provider_sessions
    ADD CONSTRAINT provider_sessions_operator_fk FOREIGN KEY (operator_id) REFERENCES public.provider_operators(operator_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provider_sign_ins
    ADD CONSTRAINT provider_sign_ins_operator_fk FOREIGN KEY (operator_id) REFERENCES public.provider_operators(operator_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioned_groups
    ADD CONSTRAINT provisioned_groups_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioned_members
    ADD CONSTRAINT provisioned_members_group_fk FOREIGN KEY (tenant_id, provisioned_group_id) REFERENCES public.provisioned_groups(tenant_id, provisioned_group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioned_members
    ADD CONSTRAINT provisioned_members_user_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.provisioned_users(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioned_users
    ADD CONSTRAINT provisioned_users_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioned_users
    ADD CONSTRAINT provisioned_users_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_calls
    ADD CONSTRAINT provisioning_calls_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_clients
    ADD CONSTRAINT provisioning_clients_provisioning_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.provisionings(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_groups
    ADD CONSTRAINT provisioning_given_groups_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.groups(tenant_id, group_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_groups
    ADD CONSTRAINT provisioning_given_groups_user_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.provisioned_users(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_places
    ADD CONSTRAINT provisioning_given_places_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_places
    ADD CONSTRAINT provisioning_given_places_user_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.provisioned_users(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_roles
    ADD CONSTRAINT provisioning_given_roles_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_roles
    ADD CONSTRAINT provisioning_given_roles_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisioning_given_roles
    ADD CONSTRAINT provisioning_given_roles_user_fk FOREIGN KEY (tenant_id, identity_provider_id, user_id) REFERENCES public.provisioned_users(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provisionings
    ADD CONSTRAINT provisionings_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.radius_factors
    ADD CONSTRAINT radius_factors_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.radius_factors
    ADD CONSTRAINT radius_factors_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recording_segments
    ADD CONSTRAINT recording_segments_recording_fk FOREIGN KEY (tenant_id, recording_id) REFERENCES public.recordings(tenant_id, recording_id);

ALTER TABLE ONLY public.recording_segments
    ADD CONSTRAINT recording_segments_store_fk FOREIGN KEY (tenant_id, recording_store_id) REFERENCES public.recording_stores(tenant_id, recording_store_id);

ALTER TABLE ONLY public.recording_stores
    ADD CONSTRAINT recording_stores_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.recording_stores
    ADD CONSTRAINT recording_stores_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_session_fk FOREIGN KEY (tenant_id, session_id) REFERENCES public.sessions(tenant_id, session_id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_store_fk FOREIGN KEY (tenant_id, recording_store_id) REFERENCES public.recording_stores(tenant_id, recording_store_id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.remembered_devices
    ADD CONSTRAINT remembered_devices_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_templates
    ADD CONSTRAINT request_templates_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.request_templates
    ADD CONSTRAINT request_templates_owner_fk FOREIGN KEY (tenant_id, owner_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.role_bindings
    ADD CONSTRAINT role_bindings_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.role_bindings
    ADD CONSTRAINT role_bindings_role_fk FOREIGN KEY (tenant_id, role_id) REFERENCES public.roles(tenant_id, role_id);

ALTER TABLE ONLY public.role_bindings
    ADD CONSTRAINT role_bindings_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.saml_assertions
    ADD CONSTRAINT saml_assertions_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secret_checkouts
    ADD CONSTRAINT secret_checkouts_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.accounts(tenant_id, account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secret_checkouts
    ADD CONSTRAINT secret_checkouts_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.accounts(tenant_id, account_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.sent_codes
    ADD CONSTRAINT sent_codes_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_levels
    ADD CONSTRAINT service_levels_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_worker_fk FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);

ALTER TABLE ONLY public.sign_in_addresses
    ADD CONSTRAINT sign_in_addresses_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_link_fk FOREIGN KEY (tenant_id, bound_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_out_hints
    ADD CONSTRAINT sign_out_hints_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.sign_out_hints
    ADD CONSTRAINT sign_out_hints_provider_fk FOREIGN KEY (tenant_id, identity_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_out_hints
    ADD CONSTRAINT sign_out_hints_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.site_messages
    ADD CONSTRAINT site_messages_announcement_fk FOREIGN KEY (tenant_id, announcement_id) REFERENCES public.announcements(tenant_id, announcement_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.site_messages
    ADD CONSTRAINT site_messages_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sms_gateways
    ADD CONSTRAINT sms_gateways_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.sms_gateways
    ADD CONSTRAINT sms_gateways_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.sms_sends
    ADD CONSTRAINT sms_sends_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_link_fk FOREIGN KEY (tenant_id, bound_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ssh_keys
    ADD CONSTRAINT ssh_keys_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.support_accesses
    ADD CONSTRAINT support_accesses_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.support_sessions
    ADD CONSTRAINT support_sessions_access_fk FOREIGN KEY (tenant_id, support_access_id) REFERENCES public.support_accesses(tenant_id, support_access_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.temporary_passwords
    ADD CONSTRAINT temporary_passwords_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tenant_closings
    ADD CONSTRAINT tenant_closings_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_endpoint_rules
    ADD CONSTRAINT tenant_endpoint_rules_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_erasures
    ADD CONSTRAINT tenant_erasures_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_factor_rules
    ADD CONSTRAINT tenant_factor_rules_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_keys
    ADD CONSTRAINT tenant_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_own_keys
    ADD CONSTRAINT tenant_own_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_pinnings
    ADD CONSTRAINT tenant_pinnings_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_plan_history
    ADD CONSTRAINT tenant_plan_history_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plans(plan_id);

ALTER TABLE ONLY public.tenant_plan_history
    ADD CONSTRAINT tenant_plan_history_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_plans
    ADD CONSTRAINT tenant_plans_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plans(plan_id);

ALTER TABLE ONLY public.tenant_plans
    ADD CONSTRAINT tenant_plans_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_quotas
    ADD CONSTRAINT tenant_quotas_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_setting_values
    ADD CONSTRAINT tenant_setting_values_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.tenant_setting_values
    ADD CONSTRAINT tenant_setting_values_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_sign_in_rules
    ADD CONSTRAINT tenant_sign_in_rules_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.tenant_signing_keys
    ADD CONSTRAINT tenant_signing_keys_key_fk FOREIGN KEY (tenant_id, tenant_key_id) REFERENCES public.tenant_keys(tenant_id, tenant_key_id);

ALTER TABLE ONLY public.terminal_tokens
    ADD CONSTRAINT terminal_tokens_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.terminal_tokens
    ADD CONSTRAINT terminal_tokens_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_approvers
    ADD CONSTRAINT ticket_approvers_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_approvers
    ADD CONSTRAINT ticket_approvers_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_assets
    ADD CONSTRAINT ticket_assets_asset_fk FOREIGN KEY (tenant_id, asset_id) REFERENCES public.assets(tenant_id, asset_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_assets
    ADD CONSTRAINT ticket_assets_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_comments
    ADD CONSTRAINT ticket_comments_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_comments
    ADD CONSTRAINT ticket_comments_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.ticket_copies
    ADD CONSTRAINT ticket_copies_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_copies
    ADD CONSTRAINT ticket_copies_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_counters
    ADD CONSTRAINT ticket_counters_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_behalf_fk FOREIGN KEY (tenant_id, on_behalf_of) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_decisions
    ADD CONSTRAINT ticket_decisions_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.ticket_levels
    ADD CONSTRAINT ticket_levels_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_levels
    ADD CONSTRAINT ticket_levels_webhook_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.webhooks(tenant_id, webhook_id) ON DELETE SET NULL (webhook_id);

ALTER TABLE ONLY public.ticket_mail_links
    ADD CONSTRAINT ticket_mail_links_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_mail_links
    ADD CONSTRAINT ticket_mail_links_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_moves
    ADD CONSTRAINT ticket_moves_by_fk FOREIGN KEY (tenant_id, by_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_moves
    ADD CONSTRAINT ticket_moves_from_fk FOREIGN KEY (tenant_id, from_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_moves
    ADD CONSTRAINT ticket_moves_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_moves
    ADD CONSTRAINT ticket_moves_to_fk FOREIGN KEY (tenant_id, to_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_reviews
    ADD CONSTRAINT ticket_reviews_ticket_fk FOREIGN KEY (tenant_id, ticket_id) REFERENCES public.tickets(tenant_id, ticket_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ticket_reviews
    ADD CONSTRAINT ticket_reviews_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_flow_fk FOREIGN KEY (tenant_id, flow_id) REFERENCES public.flows(tenant_id, flow_id) ON DELETE SET NULL (flow_id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_grant_fk FOREIGN KEY (tenant_id, grant_id) REFERENCES public.grants(tenant_id, grant_id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT tickets_requester_fk FOREIGN KEY (tenant_id, requester_id) REFERENCES public.users(tenant_id, user_id);

ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.usage_rollups
    ADD CONSTRAINT usage_rollups_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_manager_fk FOREIGN KEY (tenant_id, manager_id) REFERENCES public.users(tenant_id, user_id) ON DELETE SET NULL (manager_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_manager_provider_fk FOREIGN KEY (tenant_id, manager_provider_id) REFERENCES public.identity_providers(tenant_id, identity_provider_id) ON DELETE SET NULL (manager_provider_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.web_sessions
    ADD CONSTRAINT web_sessions_link_fk FOREIGN KEY (tenant_id, bound_provider_id, user_id) REFERENCES public.identity_links(tenant_id, identity_provider_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.web_sessions
    ADD CONSTRAINT web_sessions_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_attempts
    ADD CONSTRAINT webhook_attempts_delivery_fk FOREIGN KEY (tenant_id, delivery_id) REFERENCES public.webhook_deliveries(tenant_id, delivery_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_fk FOREIGN KEY (tenant_id, webhook_id) REFERENCES public.webhooks(tenant_id, webhook_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_org_fk FOREIGN KEY (tenant_id, org_id) REFERENCES public.organizations(tenant_id, org_id);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_tenant_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id);

ALTER TABLE ONLY public.worker_assertions
    ADD CONSTRAINT worker_assertions_worker_fk FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.worker_events
    ADD CONSTRAINT worker_events_worker_fk FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id) ON DELETE CASCADE;

ALTER TABLE public.access_key_nonces ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.access_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.admissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.announcement_audience ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.announcements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approval_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.asset_arrangements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.asset_labels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.asset_nodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.assets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_events_default ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_targets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.break_glass_policies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.break_glass_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.browser_sign_ins ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cas_tickets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.code_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.commands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.commands_default ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.decision_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.decision_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.delegations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.device_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.duty_separations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.egress_allowances ENABLE ROW LEVEL SECURITY;

CREATE POLICY enqueue_own ON public.jobs FOR INSERT TO gatehouse_app WITH CHECK ((for_tenant = (current_setting('gatehouse.tenant'::text))::uuid));

CREATE POLICY erasure ON public.access_key_nonces TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.access_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.accounts TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.admissions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.announcement_audience TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.announcements TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.api_tokens TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.approval_rules TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.asset_arrangements TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.asset_labels TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.asset_nodes TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.assets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.audit_events TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.break_glass_policies TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.break_glass_uses TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.browser_sign_ins TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.cas_tickets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.code_factors TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.commands TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.decision_challenges TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.decision_links TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.delegations TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.device_links TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.duty_separations TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.egress_allowances TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.events TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.face_checks TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.face_components TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.face_factors TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.familiar_addresses TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.familiar_browsers TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.familiar_places TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.flow_approvers TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.flow_copies TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.flow_levels TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.flows TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grant_accounts TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grant_assets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grant_groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grant_nodes TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grant_users TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.grants TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.group_members TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.host_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.idempotency_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_bindings TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_challenges TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_given_groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_given_places TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_given_roles TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_links TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_logout_tokens TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_provider_rules TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_providers TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_sessions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_sync_edges TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_sync_entries TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_sync_groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_sync_runs TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.identity_syncs TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.mails TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.messenger_cards TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.messenger_channels TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.messenger_events TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.messenger_people TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.messenger_streams TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.node_arrangements TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.node_closure TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.nodes TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_defaults TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_deliveries TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_preferences TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_rounds TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_subscriptions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.notice_templates TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.organization_closure TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.organization_setting_values TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.organizations TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.passkey_challenges TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.passkey_roots TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.passkeys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.password_history TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioned_groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioned_members TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioned_users TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioning_calls TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioning_clients TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioning_given_groups TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioning_given_places TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisioning_given_roles TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.provisionings TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.radius_factors TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.recording_segments TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.recording_stores TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.recordings TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.recovery_codes TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.remembered_devices TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.request_templates TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.role_bindings TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.roles TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.saml_assertions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.secret_checkouts TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.secrets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sent_codes TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.service_levels TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sessions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sign_in_addresses TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sign_in_links TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sign_ins TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sign_out_hints TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.site_messages TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sms_gateways TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.sms_sends TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ssh_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.support_accesses TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.support_sessions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.temporary_passwords TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_endpoint_rules TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_factor_rules TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_own_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_pinnings TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_plans TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_quotas TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_setting_values TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_sign_in_rules TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tenant_signing_keys TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.terminal_tokens TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_approvers TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_assets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_comments TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_copies TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_counters TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_decisions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_levels TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_mail_links TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_moves TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.ticket_reviews TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.tickets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.totp_secrets TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.users TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.web_sessions TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.webhook_attempts TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.webhook_deliveries TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure ON public.webhooks TO gatehouse_eraser USING ((tenant_id = ( SELECT public.gatehouse_erasing() AS gatehouse_erasing)));

CREATE POLICY erasure_reading ON public.tenants FOR SELECT TO gatehouse_eraser USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.face_checks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.face_components ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.face_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.familiar_addresses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.familiar_browsers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.familiar_places ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flow_approvers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flow_copies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flow_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.flows ENABLE ROW LEVEL SECURITY;

CREATE POLICY gatehouse_provider_access ON public.invoices TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.organization_closure TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.organizations TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.service_levels TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.support_accesses TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_closings TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_erasures TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_pinnings TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_plan_history TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_plans TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenant_quotas TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.tenants TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.usage_events TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_provider_access ON public.usage_rollups TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.access_key_nonces TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.accounts TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.admissions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.announcements TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.break_glass_uses TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.browser_sign_ins TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.cas_tickets TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.decision_challenges TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.device_links TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.events TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.face_checks TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.familiar_addresses TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.familiar_browsers TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.familiar_places TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.grants TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.idempotency_keys TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.identity_challenges TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.identity_logout_tokens TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.identity_sessions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.identity_syncs TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.mails TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.messenger_cards TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.messenger_channels TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.messenger_events TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.messenger_streams TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.notice_deliveries TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.notice_rounds TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.organization_setting_values TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.passkey_challenges TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.provider_announcements TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.recordings TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.remembered_devices TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.role_bindings TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.saml_assertions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.secret_checkouts TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sent_codes TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.service_levels TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sessions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sign_in_addresses TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sign_in_links TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sign_ins TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sign_out_hints TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.site_messages TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.sms_sends TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.ssh_keys TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.temporary_passwords TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_endpoint_rules TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_keys TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_own_keys TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_pinnings TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_plan_history TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_plans TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_quotas TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenant_setting_values TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tenants TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.terminal_tokens TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.ticket_mail_links TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.ticket_reviews TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.tickets TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.usage_events TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.usage_rollups TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.users TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.web_sessions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.webhook_deliveries TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_access ON public.webhooks TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY gatehouse_system_age ON public.audit_events FOR SELECT TO gatehouse_system USING (true);

CREATE POLICY gatehouse_system_expiry ON public.audit_events FOR DELETE TO gatehouse_system USING ((at < (now() - '90 days'::interval)));

ALTER TABLE public.grant_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grant_assets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grant_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grant_nodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grant_users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.host_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_bindings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_given_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_given_places ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_given_roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_logout_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_provider_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_providers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_sync_edges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_sync_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_sync_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_sync_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_syncs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.installation_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mails ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messenger_cards ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messenger_channels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messenger_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messenger_people ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messenger_streams ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.node_arrangements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.node_closure ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.nodes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_defaults ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_preferences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_rounds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_subscriptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organization_closure ENABLE ROW LEVEL SECURITY;

CREATE POLICY organization_isolation ON public.assets AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.flows AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.grants AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.groups AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.nodes AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.organizations AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.request_templates AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.sessions AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.tickets AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_isolation ON public.users AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[])))) WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_people ON public.flow_approvers AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (((user_id IS NULL) OR (EXISTS ( SELECT
   FROM public.users u
  WHERE ((u.tenant_id = flow_approvers.tenant_id) AND (u.user_id = flow_approvers.user_id))))) AND ((group_id IS NULL) OR (EXISTS ( SELECT
   FROM public.groups g
  WHERE ((g.tenant_id = flow_approvers.tenant_id) AND (g.group_id = flow_approvers.group_id))))))));

CREATE POLICY organization_people ON public.flow_copies AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (((user_id IS NULL) OR (EXISTS ( SELECT
   FROM public.users u
  WHERE ((u.tenant_id = flow_copies.tenant_id) AND (u.user_id = flow_copies.user_id))))) AND ((group_id IS NULL) OR (EXISTS ( SELECT
   FROM public.groups g
  WHERE ((g.tenant_id = flow_copies.tenant_id) AND (g.group_id = flow_copies.group_id))))))));

CREATE POLICY organization_references ON public.accounts AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.assets a
  WHERE ((a.tenant_id = accounts.tenant_id) AND (a.asset_id = accounts.asset_id))))));

CREATE POLICY organization_references ON public.asset_nodes AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.nodes n
  WHERE ((n.tenant_id = asset_nodes.tenant_id) AND (n.node_id = asset_nodes.node_id))))));

CREATE POLICY organization_references ON public.audit_events AS RESTRICTIVE FOR SELECT TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY organization_references ON public.commands AS RESTRICTIVE FOR SELECT TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.sessions s
  WHERE ((s.tenant_id = commands.tenant_id) AND (s.session_id = commands.session_id))))));

CREATE POLICY organization_references ON public.flow_approvers AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.flows f
  WHERE ((f.tenant_id = flow_approvers.tenant_id) AND (f.flow_id = flow_approvers.flow_id))))));

CREATE POLICY organization_references ON public.flow_copies AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.flows f
  WHERE ((f.tenant_id = flow_copies.tenant_id) AND (f.flow_id = flow_copies.flow_id))))));

CREATE POLICY organization_references ON public.flow_levels AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.flows f
  WHERE ((f.tenant_id = flow_levels.tenant_id) AND (f.flow_id = flow_levels.flow_id))))));

CREATE POLICY organization_references ON public.grant_assets AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.assets a
  WHERE ((a.tenant_id = grant_assets.tenant_id) AND (a.asset_id = grant_assets.asset_id))))));

CREATE POLICY organization_references ON public.grant_groups AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.groups g
  WHERE ((g.tenant_id = grant_groups.tenant_id) AND (g.group_id = grant_groups.group_id))))));

CREATE POLICY organization_references ON public.grant_nodes AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.nodes n
  WHERE ((n.tenant_id = grant_nodes.tenant_id) AND (n.node_id = grant_nodes.node_id))))));

CREATE POLICY organization_references ON public.grant_users AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.users u
  WHERE ((u.tenant_id = grant_users.tenant_id) AND (u.user_id = grant_users.user_id))))));

CREATE POLICY organization_references ON public.group_members AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.users u
  WHERE ((u.tenant_id = group_members.tenant_id) AND (u.user_id = group_members.user_id))))));

CREATE POLICY organization_references ON public.host_keys AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.assets a
  WHERE ((a.tenant_id = host_keys.tenant_id) AND (a.asset_id = host_keys.asset_id))))));

CREATE POLICY organization_references ON public.recordings AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.sessions s
  WHERE ((s.tenant_id = recordings.tenant_id) AND (s.session_id = recordings.session_id))))));

CREATE POLICY organization_references ON public.secret_checkouts AS RESTRICTIVE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (EXISTS ( SELECT
   FROM public.accounts c
  WHERE ((c.tenant_id = secret_checkouts.tenant_id) AND (c.account_id = secret_checkouts.account_id))))));

ALTER TABLE public.organization_setting_values ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

CREATE POLICY part_delete ON public.organization_setting_values AS RESTRICTIVE FOR DELETE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY part_insert ON public.organization_setting_values AS RESTRICTIVE FOR INSERT TO gatehouse_app WITH CHECK ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

CREATE POLICY part_update ON public.organization_setting_values AS RESTRICTIVE FOR UPDATE TO gatehouse_app USING ((( SELECT public.gatehouse_undivided() AS gatehouse_undivided) OR (org_id = ANY (( SELECT public.gatehouse_reach() AS gatehouse_reach)::uuid[]))));

ALTER TABLE public.passkey_challenges ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.passkey_roots ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.passkeys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.password_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plan_price_lists ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plans ENABLE ROW LEVEL SECURITY;

CREATE POLICY provider_all ON public.billing_targets TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.plan_price_lists TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.plans TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_announcements TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_endpoint_rules TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_operators TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_second_factors TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_sessions TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_settings TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.provider_sign_ins TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.sign_ups TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.worker_enrolments TO gatehouse_provider USING (true) WITH CHECK (true);

CREATE POLICY provider_all ON public.workers TO gatehouse_provider USING (true) WITH CHECK (true);

ALTER TABLE public.provider_announcements ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_audit_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_endpoint_rules ENABLE ROW LEVEL SECURITY;

CREATE POLICY provider_enqueue ON public.jobs FOR INSERT TO gatehouse_provider WITH CHECK (true);

CREATE POLICY provider_keys ON public.idempotency_keys TO gatehouse_provider USING ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid)) WITH CHECK ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid));

CREATE POLICY provider_mails ON public.mails TO gatehouse_provider USING ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid)) WITH CHECK ((tenant_id = '00000000-0000-0000-0000-000000000000'::uuid));

ALTER TABLE public.provider_operators ENABLE ROW LEVEL SECURITY;

CREATE POLICY provider_read ON public.provider_audit_events TO gatehouse_provider USING (true) WITH CHECK (true);

ALTER TABLE public.provider_second_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_sign_ins ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioned_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioned_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioned_users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_clients ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_given_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_given_places ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_given_roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisionings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.radius_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recording_segments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recording_stores ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recordings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recovery_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.remembered_devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.request_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.role_bindings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.saml_assertions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.secret_checkouts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sent_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_addresses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_ins ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_out_hints ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sign_ups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.site_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sms_gateways ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sms_sends ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ssh_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.support_accesses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.support_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_all ON public.installation_keys TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.jobs TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.plan_price_lists TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.plans TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.provider_endpoint_rules TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usage_marks TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.worker_assertions TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.worker_enrolments TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.worker_events TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.workers TO gatehouse_system USING (true) WITH CHECK (true);

CREATE POLICY system_purge ON public.provider_sessions TO gatehouse_system USING (true);

CREATE POLICY system_purge ON public.provider_sign_ins TO gatehouse_system USING (true);

CREATE POLICY system_write ON public.provider_audit_events TO gatehouse_system USING (true) WITH CHECK (true);

ALTER TABLE public.temporary_passwords ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_closings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_endpoint_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_erasures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_factor_rules ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.access_key_nonces TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.access_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.accounts TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.admissions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.announcement_audience TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.announcements TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.api_tokens TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.approval_rules TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.asset_arrangements TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.asset_labels TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.asset_nodes TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.assets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.audit_events TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.break_glass_policies TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.break_glass_uses TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.browser_sign_ins TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.cas_tickets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.code_factors TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.commands TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.decision_challenges TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.decision_links TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.delegations TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.device_links TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.duty_separations TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.egress_allowances TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.events TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.face_checks TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.face_components TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.face_factors TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.familiar_addresses TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.familiar_browsers TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.familiar_places TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.flow_approvers TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.flow_copies TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.flow_levels TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.flows TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grant_accounts TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grant_assets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grant_groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grant_nodes TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grant_users TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.grants TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.group_members TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.host_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.idempotency_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_bindings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_challenges TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_given_groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_given_places TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_given_roles TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_links TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_logout_tokens TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_provider_rules TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_providers TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_sessions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_sync_edges TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_sync_entries TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_sync_groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_sync_runs TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.identity_syncs TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.invoices TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.mails TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.messenger_cards TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.messenger_channels TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.messenger_events TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.messenger_people TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.messenger_streams TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.node_arrangements TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.node_closure TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.nodes TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_defaults TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_deliveries TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_preferences TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_rounds TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_subscriptions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.notice_templates TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.organization_closure TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.organization_setting_values TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.organizations TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.passkey_challenges TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.passkey_roots TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.passkeys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.password_history TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioned_groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioned_members TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioned_users TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioning_calls TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioning_clients TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioning_given_groups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioning_given_places TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisioning_given_roles TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.provisionings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.radius_factors TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.recording_segments TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.recording_stores TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.recordings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.recovery_codes TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.remembered_devices TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.request_templates TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.role_bindings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.roles TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.saml_assertions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.secret_checkouts TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.secrets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sent_codes TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.service_levels TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sessions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sign_in_addresses TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sign_in_links TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sign_ins TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sign_out_hints TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.site_messages TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sms_gateways TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.sms_sends TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ssh_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.support_accesses TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.support_sessions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.temporary_passwords TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_closings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_endpoint_rules TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_erasures TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_factor_rules TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_own_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_pinnings TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_plan_history TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_plans TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_quotas TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_setting_values TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_sign_in_rules TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenant_signing_keys TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tenants TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.terminal_tokens TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_approvers TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_assets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_comments TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_copies TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_counters TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_decisions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_levels TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_mail_links TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_moves TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.ticket_reviews TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.tickets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.totp_secrets TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.usage_events TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.usage_rollups TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.users TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.web_sessions TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.webhook_attempts TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.webhook_deliveries TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

CREATE POLICY tenant_isolation ON public.webhooks TO gatehouse_app USING ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting))) WITH CHECK ((tenant_id = ( SELECT (current_setting('gatehouse.tenant'::text))::uuid AS current_setting)));

ALTER TABLE public.tenant_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_own_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_pinnings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_plan_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_quotas ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_setting_values ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_sign_in_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tenant_signing_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_tell ON public.worker_events FOR INSERT TO gatehouse_app WITH CHECK (true);

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.terminal_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_approvers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_assets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_comments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_copies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_counters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_mail_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_moves ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ticket_reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tickets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.totp_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_events_default ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_marks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_rollups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.web_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.worker_assertions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.worker_enrolments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.worker_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.workers ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA public TO gatehouse_app;
GRANT USAGE ON SCHEMA public TO gatehouse_provider;
GRANT USAGE ON SCHEMA public TO gatehouse_system;
GRANT USAGE ON SCHEMA public TO gatehouse_eraser;

REVOKE ALL ON FUNCTION public.gatehouse_attach_months(parent text, ahead integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_confine(target regclass, doing text, seen text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_divide(target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_erasable(target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_keep(target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_open(target regclass, reader name, what text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.gatehouse_protect(target regclass) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_key_nonces TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.access_key_nonces TO gatehouse_eraser;
GRANT DELETE ON TABLE public.access_key_nonces TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.access_key_nonces TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.access_keys TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.accounts TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.accounts TO gatehouse_system;

GRANT SELECT(account_id) ON TABLE public.accounts TO gatehouse_system;

GRANT SELECT(secret_version) ON TABLE public.accounts TO gatehouse_system;

GRANT SELECT ON TABLE public.account_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.admissions TO gatehouse_app;
GRANT DELETE ON TABLE public.admissions TO gatehouse_system;
GRANT SELECT,DELETE ON TABLE public.admissions TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT(admission_id) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT(worker_id) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT(stage) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT(ticket_id) ON TABLE public.admissions TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.announcement_audience TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.announcement_audience TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.announcements TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.announcements TO gatehouse_eraser;
GRANT INSERT,UPDATE ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(announcement_id) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(starts_at) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(ends_at) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(version) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(due_at) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(is_deleted) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(provider_announcement_id) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT(provider_version) ON TABLE public.announcements TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_tokens TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.api_tokens TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approval_rules TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.approval_rules TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.asset_nodes TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.asset_nodes TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.node_closure TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.node_closure TO gatehouse_eraser;

GRANT SELECT ON TABLE public.asset_ancestors TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.asset_arrangements TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.asset_arrangements TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.node_arrangements TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.node_arrangements TO gatehouse_eraser;

GRANT SELECT ON TABLE public.asset_arrangers TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.assets TO gatehouse_eraser;

GRANT SELECT ON TABLE public.asset_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.asset_labels TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.asset_labels TO gatehouse_eraser;

GRANT SELECT ON TABLE public.asset_label_directory TO gatehouse_app;

GRANT SELECT,INSERT ON TABLE public.audit_events TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.audit_events TO gatehouse_eraser;
GRANT DELETE ON TABLE public.audit_events TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.audit_events TO gatehouse_system;

GRANT SELECT(at) ON TABLE public.audit_events TO gatehouse_system;

GRANT SELECT(audit_event_id) ON TABLE public.audit_events TO gatehouse_system;

GRANT SELECT(org_id) ON TABLE public.audit_events TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.billing_targets TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.break_glass_policies TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.break_glass_policies TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.break_glass_uses TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.break_glass_uses TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.break_glass_uses TO gatehouse_system;

GRANT SELECT(ticket_id) ON TABLE public.break_glass_uses TO gatehouse_system;

GRANT SELECT(review_due_at) ON TABLE public.break_glass_uses TO gatehouse_system;

GRANT SELECT(told_late_at) ON TABLE public.break_glass_uses TO gatehouse_system;

GRANT SELECT(reviewed_at) ON TABLE public.break_glass_uses TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.browser_sign_ins TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.browser_sign_ins TO gatehouse_eraser;
GRANT DELETE ON TABLE public.browser_sign_ins TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.browser_sign_ins TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.browser_sign_ins TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cas_tickets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.cas_tickets TO gatehouse_eraser;
GRANT DELETE ON TABLE public.cas_tickets TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.cas_tickets TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.cas_tickets TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.code_factors TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.code_factors TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.commands TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.commands TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_challenges TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.decision_challenges TO gatehouse_eraser;
GRANT DELETE ON TABLE public.decision_challenges TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.decision_challenges TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.decision_links TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.decision_links TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.delegations TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.delegations TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.device_links TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.device_links TO gatehouse_eraser;
GRANT DELETE ON TABLE public.device_links TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.device_links TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.device_links TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.duty_separations TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.duty_separations TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.egress_allowances TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.egress_allowances TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO gatehouse_app;
GRANT SELECT,DELETE,UPDATE ON TABLE public.events TO gatehouse_system;
GRANT SELECT,DELETE ON TABLE public.events TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.face_checks TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.face_checks TO gatehouse_eraser;
GRANT DELETE ON TABLE public.face_checks TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.face_checks TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.face_components TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.face_components TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.face_factors TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.face_factors TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.familiar_addresses TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.familiar_addresses TO gatehouse_eraser;
GRANT DELETE ON TABLE public.familiar_addresses TO gatehouse_system;

GRANT SELECT(signed_in_at) ON TABLE public.familiar_addresses TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.familiar_browsers TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.familiar_browsers TO gatehouse_eraser;
GRANT DELETE ON TABLE public.familiar_browsers TO gatehouse_system;

GRANT SELECT(signed_in_at) ON TABLE public.familiar_browsers TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.familiar_places TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.familiar_places TO gatehouse_eraser;
GRANT DELETE ON TABLE public.familiar_places TO gatehouse_system;

GRANT SELECT(signed_in_at) ON TABLE public.familiar_places TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.flow_approvers TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.flow_approvers TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.flow_copies TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.flow_copies TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.flow_levels TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.flow_levels TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.flows TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.flows TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grant_accounts TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grant_accounts TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grant_assets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grant_assets TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grant_groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grant_groups TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grant_nodes TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grant_nodes TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grants TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grants TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT(grant_id) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT(ends_at) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT(unused_at) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT(remind_at) ON TABLE public.grants TO gatehouse_system;

GRANT SELECT ON TABLE public.grant_states TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.grant_users TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.grant_users TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sessions TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(session_id) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(worker_id) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(ended_at) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(closed_at) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(lease_until) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT(recording_id) ON TABLE public.sessions TO gatehouse_system;

GRANT SELECT ON TABLE public.grant_uses TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.groups TO gatehouse_eraser;

GRANT SELECT ON TABLE public.group_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.group_members TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.group_members TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.host_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.host_keys TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.idempotency_keys TO gatehouse_system;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO gatehouse_provider;
GRANT SELECT,DELETE ON TABLE public.idempotency_keys TO gatehouse_eraser;

GRANT UPDATE(is_committed) ON TABLE public.idempotency_keys TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_bindings TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_bindings TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_challenges TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_challenges TO gatehouse_eraser;
GRANT SELECT,DELETE ON TABLE public.identity_challenges TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_given_groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_given_groups TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_given_places TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_given_places TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_given_roles TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_given_roles TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_links TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_links TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_logout_tokens TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_logout_tokens TO gatehouse_eraser;
GRANT DELETE ON TABLE public.identity_logout_tokens TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.identity_logout_tokens TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.identity_logout_tokens TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_provider_rules TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_provider_rules TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_providers TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_providers TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_sessions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_sessions TO gatehouse_eraser;
GRANT DELETE ON TABLE public.identity_sessions TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.identity_sessions TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.identity_sessions TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_sync_edges TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_sync_edges TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_sync_entries TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_sync_entries TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_sync_groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_sync_groups TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_sync_runs TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_sync_runs TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_syncs TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.identity_syncs TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.identity_syncs TO gatehouse_system;

GRANT SELECT(identity_provider_id) ON TABLE public.identity_syncs TO gatehouse_system;

GRANT SELECT(next_run_at) ON TABLE public.identity_syncs TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.installation_keys TO gatehouse_system;

GRANT SELECT ON TABLE public.invoices TO gatehouse_app;
GRANT SELECT,INSERT ON TABLE public.invoices TO gatehouse_provider;

GRANT UPDATE(pushed_at) ON TABLE public.invoices TO gatehouse_provider;

GRANT INSERT ON TABLE public.jobs TO gatehouse_app;
GRANT INSERT ON TABLE public.jobs TO gatehouse_provider;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mails TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.mails TO gatehouse_eraser;
GRANT DELETE ON TABLE public.mails TO gatehouse_system;
GRANT SELECT,INSERT,UPDATE ON TABLE public.mails TO gatehouse_provider;

GRANT SELECT(tenant_id) ON TABLE public.mails TO gatehouse_system;

GRANT SELECT(mail_id) ON TABLE public.mails TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.mails TO gatehouse_system;

GRANT SELECT(finished_at) ON TABLE public.mails TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messenger_cards TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.messenger_cards TO gatehouse_eraser;
GRANT DELETE ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(card_id) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(channel_id) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(ticket_id) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(due_at),UPDATE(due_at) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(fallback_at) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT(leased_until),UPDATE(leased_until) ON TABLE public.messenger_cards TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messenger_channels TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.messenger_channels TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.messenger_channels TO gatehouse_system;

GRANT SELECT(channel_id) ON TABLE public.messenger_channels TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.messenger_channels TO gatehouse_system;

GRANT SELECT(resting_until) ON TABLE public.messenger_channels TO gatehouse_system;

GRANT SELECT(pace) ON TABLE public.messenger_channels TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messenger_events TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.messenger_events TO gatehouse_eraser;
GRANT DELETE ON TABLE public.messenger_events TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.messenger_events TO gatehouse_system;

GRANT SELECT(channel_id) ON TABLE public.messenger_events TO gatehouse_system;

GRANT SELECT(event_hash) ON TABLE public.messenger_events TO gatehouse_system;

GRANT SELECT(at) ON TABLE public.messenger_events TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messenger_people TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.messenger_people TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messenger_streams TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.messenger_streams TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(channel_id) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(revision) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(holder),UPDATE(holder) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(held_until),UPDATE(held_until) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(attempts) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT(retry_at) ON TABLE public.messenger_streams TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.nodes TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.nodes TO gatehouse_eraser;

GRANT SELECT ON TABLE public.node_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_defaults TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_defaults TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_deliveries TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_deliveries TO gatehouse_eraser;
GRANT DELETE ON TABLE public.notice_deliveries TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.notice_deliveries TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.notice_deliveries TO gatehouse_system;

GRANT SELECT(due_at) ON TABLE public.notice_deliveries TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.notice_deliveries TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_preferences TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_preferences TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_rounds TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_rounds TO gatehouse_eraser;
GRANT DELETE ON TABLE public.notice_rounds TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.notice_rounds TO gatehouse_system;

GRANT SELECT(event_id) ON TABLE public.notice_rounds TO gatehouse_system;

GRANT SELECT(due_at),UPDATE(due_at) ON TABLE public.notice_rounds TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.notice_rounds TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_subscriptions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_subscriptions TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notice_templates TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.notice_templates TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organization_closure TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.organization_closure TO gatehouse_eraser;
GRANT INSERT ON TABLE public.organization_closure TO gatehouse_provider;

GRANT SELECT ON TABLE public.organization_ancestry TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.organizations TO gatehouse_eraser;
GRANT INSERT ON TABLE public.organizations TO gatehouse_provider;

GRANT SELECT ON TABLE public.organization_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organization_setting_values TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.organization_setting_values TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.organization_setting_values TO gatehouse_system;

GRANT SELECT(key) ON TABLE public.organization_setting_values TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkey_challenges TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.passkey_challenges TO gatehouse_eraser;
GRANT SELECT,DELETE ON TABLE public.passkey_challenges TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkey_roots TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.passkey_roots TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkeys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.passkeys TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.password_history TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.password_history TO gatehouse_eraser;

GRANT SELECT,INSERT ON TABLE public.plan_price_lists TO gatehouse_system;
GRANT SELECT,INSERT ON TABLE public.plan_price_lists TO gatehouse_provider;

GRANT SELECT,INSERT ON TABLE public.plans TO gatehouse_system;
GRANT SELECT,INSERT,UPDATE ON TABLE public.plans TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_announcements TO gatehouse_provider;
GRANT SELECT,DELETE ON TABLE public.provider_announcements TO gatehouse_system;

GRANT SELECT,INSERT ON TABLE public.provider_audit_events TO gatehouse_provider;
GRANT SELECT,INSERT ON TABLE public.provider_audit_events TO gatehouse_system;

GRANT SELECT ON TABLE public.provider_endpoint_rules TO gatehouse_system;
GRANT SELECT,INSERT,UPDATE ON TABLE public.provider_endpoint_rules TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_operators TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_second_factors TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_sessions TO gatehouse_provider;
GRANT SELECT,DELETE ON TABLE public.provider_sessions TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_settings TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_sign_ins TO gatehouse_provider;
GRANT SELECT,DELETE ON TABLE public.provider_sign_ins TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioned_groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioned_groups TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioned_members TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioned_members TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioned_users TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioned_users TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_calls TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioning_calls TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_clients TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioning_clients TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_given_groups TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioning_given_groups TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_given_places TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioning_given_places TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_given_roles TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisioning_given_roles TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisionings TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.provisionings TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.radius_factors TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.radius_factors TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_segments TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.recording_segments TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recordings TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.recordings TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(recording_id) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(session_id) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(bytes) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(started_at) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT(uploaded_at) ON TABLE public.recordings TO gatehouse_system;

GRANT SELECT ON TABLE public.recording_sizes TO gatehouse_app;
GRANT SELECT ON TABLE public.recording_sizes TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_stores TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.recording_stores TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_codes TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.recovery_codes TO gatehouse_eraser;

GRANT SELECT ON TABLE public.refused_openings TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.remembered_devices TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.remembered_devices TO gatehouse_eraser;
GRANT DELETE ON TABLE public.remembered_devices TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.remembered_devices TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.request_templates TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.request_templates TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role_bindings TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.role_bindings TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.role_bindings TO gatehouse_system;

GRANT SELECT(role_id) ON TABLE public.role_bindings TO gatehouse_system;

GRANT SELECT(user_id) ON TABLE public.role_bindings TO gatehouse_system;

GRANT SELECT(org_id) ON TABLE public.role_bindings TO gatehouse_system;

GRANT SELECT(ends_at) ON TABLE public.role_bindings TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.roles TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.roles TO gatehouse_eraser;

GRANT SELECT ON TABLE public.role_directory TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saml_assertions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.saml_assertions TO gatehouse_eraser;
GRANT DELETE ON TABLE public.saml_assertions TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.saml_assertions TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.saml_assertions TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secret_checkouts TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.secret_checkouts TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.secret_checkouts TO gatehouse_system;

GRANT SELECT(checkout_id) ON TABLE public.secret_checkouts TO gatehouse_system;

GRANT SELECT(ends_at) ON TABLE public.secret_checkouts TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.secret_checkouts TO gatehouse_system;

GRANT SELECT(remind_at) ON TABLE public.secret_checkouts TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secrets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.secrets TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sent_codes TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sent_codes TO gatehouse_eraser;
GRANT DELETE ON TABLE public.sent_codes TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.sent_codes TO gatehouse_system;

GRANT SELECT ON TABLE public.service_levels TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.service_levels TO gatehouse_eraser;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_levels TO gatehouse_system;
GRANT SELECT ON TABLE public.service_levels TO gatehouse_provider;

GRANT SELECT ON TABLE public.session_leases TO gatehouse_app;
GRANT SELECT ON TABLE public.session_leases TO gatehouse_system;

GRANT SELECT ON TABLE public.session_openings TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_addresses TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sign_in_addresses TO gatehouse_eraser;
GRANT DELETE ON TABLE public.sign_in_addresses TO gatehouse_system;

GRANT SELECT(failed_at) ON TABLE public.sign_in_addresses TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_links TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sign_in_links TO gatehouse_eraser;
GRANT DELETE ON TABLE public.sign_in_links TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.sign_in_links TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_ins TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sign_ins TO gatehouse_system;
GRANT SELECT,DELETE ON TABLE public.sign_ins TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_out_hints TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sign_out_hints TO gatehouse_eraser;
GRANT DELETE ON TABLE public.sign_out_hints TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.sign_out_hints TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_ups TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.site_messages TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.site_messages TO gatehouse_eraser;
GRANT DELETE ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(site_message_id) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(user_id) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(announcement_id) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(created_at) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT(ends_at) ON TABLE public.site_messages TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sms_gateways TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sms_gateways TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sms_sends TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.sms_sends TO gatehouse_eraser;
GRANT DELETE ON TABLE public.sms_sends TO gatehouse_system;

GRANT SELECT(sent_at) ON TABLE public.sms_sends TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ssh_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ssh_keys TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT(ssh_key_id) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT(user_id) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT(disabled_at) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT(end_told_at) ON TABLE public.ssh_keys TO gatehouse_system;

GRANT SELECT ON TABLE public.stored_secrets TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.support_accesses TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.support_accesses TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(support_access_id) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(operator_id) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(operator_name) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(role) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(reason) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(duration_seconds) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(state) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(asked_at) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(ends_at) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT(decided_at) ON TABLE public.support_accesses TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.support_sessions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.support_sessions TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.temporary_passwords TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.temporary_passwords TO gatehouse_eraser;
GRANT DELETE ON TABLE public.temporary_passwords TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.temporary_passwords TO gatehouse_system;

GRANT SELECT,INSERT ON TABLE public.tenant_closings TO gatehouse_app;
GRANT SELECT ON TABLE public.tenant_closings TO gatehouse_provider;

GRANT UPDATE(reopened_at) ON TABLE public.tenant_closings TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_endpoint_rules TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_endpoint_rules TO gatehouse_eraser;
GRANT SELECT ON TABLE public.tenant_endpoint_rules TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_erasures TO gatehouse_app;
GRANT SELECT ON TABLE public.tenant_erasures TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_factor_rules TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_factor_rules TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_keys TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.tenant_keys TO gatehouse_system;

GRANT SELECT(tenant_key_id) ON TABLE public.tenant_keys TO gatehouse_system;

GRANT SELECT(master_key_id) ON TABLE public.tenant_keys TO gatehouse_system;

GRANT SELECT(retired_at) ON TABLE public.tenant_keys TO gatehouse_system;

GRANT SELECT ON TABLE public.tenant_plans TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_plans TO gatehouse_eraser;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_plans TO gatehouse_provider;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_plans TO gatehouse_system;

GRANT SELECT ON TABLE public.tenant_limit_terms TO gatehouse_provider;
GRANT SELECT ON TABLE public.tenant_limit_terms TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_own_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_own_keys TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.tenant_own_keys TO gatehouse_system;

GRANT SELECT(master_key_id) ON TABLE public.tenant_own_keys TO gatehouse_system;

GRANT SELECT,DELETE ON TABLE public.tenant_pinnings TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_pinnings TO gatehouse_eraser;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_pinnings TO gatehouse_provider;
GRANT SELECT ON TABLE public.tenant_pinnings TO gatehouse_system;

GRANT SELECT ON TABLE public.tenant_plan_history TO gatehouse_app;
GRANT SELECT,INSERT ON TABLE public.tenant_plan_history TO gatehouse_provider;
GRANT SELECT,INSERT,DELETE ON TABLE public.tenant_plan_history TO gatehouse_system;

GRANT SELECT ON TABLE public.tenant_quotas TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_quotas TO gatehouse_eraser;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_quotas TO gatehouse_provider;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_quotas TO gatehouse_system;

GRANT UPDATE(used) ON TABLE public.tenant_quotas TO gatehouse_app;

GRANT UPDATE(day) ON TABLE public.tenant_quotas TO gatehouse_app;

GRANT UPDATE(warning_id) ON TABLE public.tenant_quotas TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_setting_values TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_setting_values TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.tenant_setting_values TO gatehouse_system;

GRANT SELECT(key) ON TABLE public.tenant_setting_values TO gatehouse_system;

GRANT SELECT(value) ON TABLE public.tenant_setting_values TO gatehouse_system;

GRANT SELECT,UPDATE ON TABLE public.tenants TO gatehouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tenants TO gatehouse_provider;
GRANT SELECT ON TABLE public.tenants TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.tenants TO gatehouse_eraser;

GRANT SELECT(state) ON TABLE public.tenants TO gatehouse_eraser;

GRANT SELECT(grace_ends_at) ON TABLE public.tenants TO gatehouse_eraser;

GRANT SELECT ON TABLE public.tenant_settings TO gatehouse_app;
GRANT SELECT ON TABLE public.tenant_settings TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_sign_in_rules TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_sign_in_rules TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_signing_keys TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tenant_signing_keys TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.terminal_tokens TO gatehouse_app;
GRANT DELETE ON TABLE public.terminal_tokens TO gatehouse_system;
GRANT SELECT,DELETE ON TABLE public.terminal_tokens TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.terminal_tokens TO gatehouse_system;

GRANT SELECT(token_hash) ON TABLE public.terminal_tokens TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.terminal_tokens TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_approvers TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_approvers TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_assets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_assets TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_comments TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_comments TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_copies TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_copies TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_counters TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_counters TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_decisions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_decisions TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_levels TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_levels TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_mail_links TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_mail_links TO gatehouse_eraser;
GRANT DELETE ON TABLE public.ticket_mail_links TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.ticket_mail_links TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_moves TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_moves TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket_reviews TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.ticket_reviews TO gatehouse_eraser;
GRANT DELETE ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(ticket_id) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(user_id) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(is_attended) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(seen_at),UPDATE(seen_at) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.ticket_reviews TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tickets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.tickets TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.tickets TO gatehouse_system;

GRANT SELECT(ticket_id) ON TABLE public.tickets TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.tickets TO gatehouse_system;

GRANT SELECT(deadline) ON TABLE public.tickets TO gatehouse_system;

GRANT SELECT(due_at) ON TABLE public.tickets TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.totp_secrets TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.totp_secrets TO gatehouse_eraser;

GRANT SELECT,INSERT ON TABLE public.usage_events TO gatehouse_app;
GRANT SELECT,INSERT ON TABLE public.usage_events TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.usage_events TO gatehouse_provider;

GRANT SELECT(at) ON TABLE public.usage_events TO gatehouse_provider;

GRANT SELECT(meter) ON TABLE public.usage_events TO gatehouse_provider;

GRANT SELECT(quantity) ON TABLE public.usage_events TO gatehouse_provider;

GRANT SELECT(received_at) ON TABLE public.usage_events TO gatehouse_provider;

GRANT SELECT,UPDATE ON TABLE public.usage_marks TO gatehouse_system;

GRANT SELECT ON TABLE public.usage_rollups TO gatehouse_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_rollups TO gatehouse_system;
GRANT SELECT ON TABLE public.usage_rollups TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.users TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.users TO gatehouse_system;

GRANT SELECT(user_id) ON TABLE public.users TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.users TO gatehouse_system;

GRANT SELECT(expires_at) ON TABLE public.users TO gatehouse_system;

GRANT SELECT(expiry_told_at) ON TABLE public.users TO gatehouse_system;

GRANT SELECT ON TABLE public.user_addresses TO gatehouse_app;

GRANT SELECT ON TABLE public.user_contacts TO gatehouse_app;

GRANT SELECT ON TABLE public.user_directory TO gatehouse_app;

GRANT SELECT ON TABLE public.user_groups TO gatehouse_app;

GRANT SELECT ON TABLE public.user_roles TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_sessions TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.web_sessions TO gatehouse_system;
GRANT SELECT,DELETE ON TABLE public.web_sessions TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_attempts TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.webhook_attempts TO gatehouse_eraser;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.webhook_deliveries TO gatehouse_eraser;
GRANT DELETE ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(tenant_id) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(delivery_id) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(webhook_id) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(state),UPDATE(state) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(next_attempt_at),UPDATE(next_attempt_at) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT UPDATE(last_error) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(finished_at),UPDATE(finished_at) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT(parked) ON TABLE public.webhook_deliveries TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks TO gatehouse_app;
GRANT SELECT,DELETE ON TABLE public.webhooks TO gatehouse_eraser;

GRANT SELECT(tenant_id) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT(webhook_id) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT(state) ON TABLE public.webhooks TO gatehouse_system;

GRANT UPDATE(old_tenant_key_id) ON TABLE public.webhooks TO gatehouse_system;

GRANT UPDATE(old_sealed_secret) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT(old_until),UPDATE(old_until) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT(pace) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT(resting_until) ON TABLE public.webhooks TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.worker_assertions TO gatehouse_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.worker_enrolments TO gatehouse_system;
GRANT SELECT,INSERT ON TABLE public.worker_enrolments TO gatehouse_provider;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.worker_events TO gatehouse_system;
GRANT INSERT ON TABLE public.worker_events TO gatehouse_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO gatehouse_system;
GRANT SELECT,UPDATE ON TABLE public.workers TO gatehouse_provider;

GRANT SELECT ON TABLE public.worker_states TO gatehouse_system;

