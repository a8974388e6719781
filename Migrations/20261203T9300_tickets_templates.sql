-- Requests that are half filled in: those of an organization, offered to the groups they are for, and people's own.
create table request_templates (
  tenant_id uuid not null,
  request_template_id uuid not null,
  org_id uuid not null,
  owner_id uuid,
  name text not null,
  note text not null default '',
  is_enabled boolean not null default true,
  kind text not null default 'access',
  content jsonb not null default '{}',
  asset_ids uuid[] not null default '{}',
  node_ids uuid[] not null default '{}',
  labels jsonb not null default '[]',
  accounts text[] not null default '{}',
  actions text[] not null default '{}',
  duration_seconds int not null,
  reason text not null default '',
  group_ids uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint request_templates_pk primary key (tenant_id, request_template_id),
  constraint request_templates_org_fk foreign key (tenant_id, org_id) references organizations (tenant_id, org_id),
  constraint request_templates_owner_fk foreign key (tenant_id, owner_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint request_templates_kind_ck check (kind ~ '^[a-z][a-z-]{0,39}$'),
  constraint request_templates_content_ck check (jsonb_typeof(content) = 'object'),
  constraint request_templates_duration_ck check (duration_seconds between 60 and 2592000),
  constraint request_templates_own_ck check (owner_id is null or (group_ids = '{}' and node_ids = '{}' and labels = '[]'))
);
comment on table request_templates is 'Requests that are half filled in, of an organization or of one person';
comment on column request_templates.owner_id is 'Whose own it is; null for those that are offered to others';
comment on column request_templates.group_ids is 'To whom it is offered; empty for everybody. A group that is gone opens it to nobody';
create unique index request_templates_name_uq on request_templates (tenant_id, org_id, name) where owner_id is null;
create unique index request_templates_own_name_uq on request_templates (tenant_id, owner_id, name) where owner_id is not null;
create index request_templates_org_ix on request_templates (tenant_id, org_id);
create trigger request_templates_settle before insert on request_templates
  for each row execute function gatehouse_settle();
select gatehouse_protect('request_templates');
select gatehouse_divide('request_templates');

-- Templates go with everything else of an organization that is merged; one whose name is taken there gets another.
create or replace function gatehouse_merge_organizations(tenant uuid, source uuid, target uuid) returns void
language plpgsql as $$
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
$$;
