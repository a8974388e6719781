-- Flows are of organizations, and which of them a request takes is said by rules. Those that are there are of the tenant as a
-- whole. Only the default one was ever taken; the others stay off until somebody turns them on, with what they are for.
-- (A generated column fills what is there past row-level security, and then is one like any other.)
alter table flows add column org_id uuid generated always as (tenant_id) stored;
alter table flows alter column org_id drop expression;
alter table flows alter column org_id set not null;
alter table flows add constraint flows_org_fk foreign key (tenant_id, org_id) references organizations (tenant_id, org_id);
alter table flows add column is_enabled boolean generated always as (is_default) stored;
alter table flows alter column is_enabled drop expression;
alter table flows alter column is_enabled set not null;
alter table flows alter column is_enabled set default true;
alter table flows add column priority int not null default 100;
alter table flows add column conditions jsonb not null default '{}';
alter table flows add column is_parallel boolean not null default false;
alter table flows add column approves_low_risk boolean not null default false;
alter table flows add column unused_after_seconds int;
alter table flows add constraint flows_priority_ck check (priority between 1 and 10000);
alter table flows add constraint flows_unused_ck check (unused_after_seconds between 60 and 31536000);
alter table flows add constraint flows_default_ck check (not is_default or is_enabled);
comment on table flows is 'How requests are decided: the flows of the nearest organization are tried first, by priority, the default one last';
drop index flows_default_uq;
create unique index flows_default_uq on flows (tenant_id, org_id) where is_default;
create index flows_org_ix on flows (tenant_id, org_id);
create trigger flows_settle before insert on flows for each row execute function gatehouse_settle();
select gatehouse_divide('flows');

alter table flow_levels add column quorum int not null default 1;
alter table flow_levels add column deadline_seconds int not null default 259200;
alter table flow_levels add column reminder_seconds int;
alter table flow_levels add column lapse text not null default 'expired';
alter table flow_levels add column escalation_seconds int;
alter table flow_levels add column needs_passkey boolean not null default false;
alter table flow_levels add constraint flow_levels_quorum_ck check (quorum between 1 and 10);
alter table flow_levels add constraint flow_levels_deadline_ck check (deadline_seconds between 60 and 2592000);
alter table flow_levels add constraint flow_levels_reminder_ck check (reminder_seconds between 1 and deadline_seconds);
alter table flow_levels add constraint flow_levels_escalation_ck check (escalation_seconds between 1 and deadline_seconds);
alter table flow_levels add constraint flow_levels_lapse_ck check (lapse in ('expired', 'rejected'));
select gatehouse_confine('flow_levels', 'all',
  'exists (select from flows f where f.tenant_id = flow_levels.tenant_id and f.flow_id = flow_levels.flow_id)');

alter table flow_approvers add column part text not null default 'level';
alter table flow_approvers add column relation text;
alter table flow_approvers drop constraint flow_approvers_one_ck;
alter table flow_approvers add constraint flow_approvers_one_ck check (num_nonnulls(user_id, group_id, role_id, relation) = 1);
alter table flow_approvers add constraint flow_approvers_part_ck check (part in ('level', 'escalation'));
alter table flow_approvers add constraint flow_approvers_relation_ck check (relation in ('asset-owner', 'node-owner', 'manager'));
comment on table flow_approvers is 'Who may decide on a level, at once or once it has waited: a person, a group, a role, or who has to do with what is asked for';
select gatehouse_confine('flow_approvers', 'all',
  'exists (select from flows f where f.tenant_id = flow_approvers.tenant_id and f.flow_id = flow_approvers.flow_id)');

create table flow_copies (
  tenant_id uuid not null,
  flow_id uuid not null,
  flow_copy_id uuid not null,
  user_id uuid,
  group_id uuid,
  constraint flow_copies_pk primary key (tenant_id, flow_id, flow_copy_id),
  constraint flow_copies_flow_fk foreign key (tenant_id, flow_id) references flows (tenant_id, flow_id) on delete cascade,
  constraint flow_copies_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint flow_copies_group_fk foreign key (tenant_id, group_id) references groups (tenant_id, group_id) on delete cascade,
  constraint flow_copies_one_ck check (num_nonnulls(user_id, group_id) = 1)
);
comment on table flow_copies is 'Who is told of the requests of a flow without deciding';
select gatehouse_protect('flow_copies');
select gatehouse_confine('flow_copies', 'all',
  'exists (select from flows f where f.tenant_id = flow_copies.tenant_id and f.flow_id = flow_copies.flow_id)');

-- Whoever is confined names nobody from elsewhere.
do $$
declare
  target text;
begin
  foreach target in array array['flow_approvers', 'flow_copies'] loop
    execute format(
      'create policy organization_people on %1$I as restrictive for insert to gatehouse_app with check ('
      '(select gatehouse_undivided())'
      ' or (%1$I.user_id is null or exists (select from users u'
      '     where u.tenant_id = %1$I.tenant_id and u.user_id = %1$I.user_id))'
      ' and (%1$I.group_id is null or exists (select from groups g'
      '     where g.tenant_id = %1$I.tenant_id and g.group_id = %1$I.group_id)))', target);
  end loop;
end
$$;

-- Flows go with everything else of an organization that is merged, and are off until somebody turns them on: they were made for
-- what lay there, and would decide about everything of the target too.
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
  insert into role_bindings (tenant_id, role_id, user_id, org_id)
  select b.tenant_id, b.role_id, b.user_id, target
  from role_bindings b
  join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id and r.built_in = 'user'
  where b.tenant_id = tenant and b.org_id = source
  on conflict on constraint role_bindings_pk do nothing;
  delete from role_bindings b where b.tenant_id = tenant and b.org_id = source;
end
$$;
