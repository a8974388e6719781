-- Organizations: the parts of a tenant, as a tree. The root is the tenant as a whole and has the tenant's own id, so that
-- nothing has to be looked up to know it.
create table organizations (
  tenant_id uuid not null,
  org_id uuid not null,
  parent_id uuid,
  name text collate "C" not null,
  created_at timestamptz not null default now(),
  -- Merged into its parent: it is shown no more, and stays for what the trail says about it.
  merged_at timestamptz,
  version int not null default 1,
  constraint organizations_pk primary key (tenant_id, org_id),
  constraint organizations_parent_fk foreign key (tenant_id, parent_id) references organizations (tenant_id, org_id),
  constraint organizations_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint organizations_root_ck check ((parent_id is null) = (org_id = tenant_id)),
  constraint organizations_name_ck check (name <> '')
);
comment on table organizations is 'The parts of a tenant, as a tree; the root has the tenant''s own id';
create unique index organizations_name_uq on organizations (tenant_id, parent_id, name) where merged_at is null;
select gatehouse_protect('organizations');

create table organization_closure (
  tenant_id uuid not null,
  ancestor_id uuid not null,
  descendant_id uuid not null,
  depth int not null,
  constraint organization_closure_pk primary key (tenant_id, ancestor_id, descendant_id),
  constraint organization_closure_ancestor_fk foreign key (tenant_id, ancestor_id) references organizations (tenant_id, org_id) on delete cascade,
  -- A new organization is linked before it is written: a confined scope may write only what it reaches.
  constraint organization_closure_descendant_fk foreign key (tenant_id, descendant_id) references organizations (tenant_id, org_id)
    on delete cascade deferrable initially deferred
);
comment on table organization_closure is 'Every organization with everything above it, itself included at depth 0';
create index organization_closure_descendant_ix on organization_closure (tenant_id, descendant_id, ancestor_id);
select gatehouse_protect('organization_closure');

-- There is no tenant without its root.
select gatehouse_open('organizations', 'gatehouse_provider', 'insert');
select gatehouse_open('organization_closure', 'gatehouse_provider', 'insert');
create function tenants_begin_with_an_organization() returns trigger language plpgsql as $$
begin
  insert into organizations (tenant_id, org_id, name, created_at)
  values (new.tenant_id, new.tenant_id, new.name, new.created_at);
  insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
  values (new.tenant_id, new.tenant_id, new.tenant_id, 0);
  return null;
end
$$;
create trigger tenants_begin_with_an_organization after insert on tenants
  for each row execute function tenants_begin_with_an_organization();

-- The owner is held by row-level security too, so the tenants that are there are read before it holds again.
alter table tenants no force row level security;
alter table organizations no force row level security;
alter table organization_closure no force row level security;
insert into organizations (tenant_id, org_id, name, created_at)
select tenant_id, tenant_id, name, created_at from tenants where state <> 'deleted';
insert into organization_closure (tenant_id, ancestor_id, descendant_id, depth)
select tenant_id, org_id, org_id, 0 from organizations;
alter table organization_closure force row level security;
alter table organizations force row level security;
alter table tenants force row level security;

-- What other features may read.
create view organization_ancestry with (security_invoker = true) as
  select tenant_id, descendant_id as org_id, ancestor_id from organization_closure;
grant select on organization_ancestry to gatehouse_app;
