-- Roles that a tenant makes itself. One of scope 'tenant' is held for the tenant as a whole and nowhere else; the others,
-- the built-in ones among them, also at organizations.
alter table roles add column description text not null default '';
alter table roles add column scope text not null default 'organization';
alter table roles add constraint roles_scope_ck check (scope in ('tenant', 'organization'));
-- What a built-in role allows is decided by the program.
alter table roles add constraint roles_built_in_plain_ck
  check (built_in is null or permissions = '{}' and description = '' and scope = 'organization');

-- Whatever moves people to an organization, or gives roles there, leaves those out that are of the tenant as a whole.
create function role_bindings_place() returns trigger language plpgsql as $$
begin
  if exists (
    select from roles r where r.tenant_id = new.tenant_id and r.role_id = new.role_id and r.scope = 'tenant')
  then
    return null;
  end if;
  return new;
end
$$;
create trigger role_bindings_place before insert or update on role_bindings
  for each row when (new.org_id <> new.tenant_id) execute function role_bindings_place();

-- A role that somebody holds or something names is not removed in passing.
alter table role_bindings drop constraint role_bindings_role_fk;
alter table role_bindings add constraint role_bindings_role_fk
  foreign key (tenant_id, role_id) references roles (tenant_id, role_id);
alter table flow_approvers drop constraint flow_approvers_role_fk;
alter table flow_approvers add constraint flow_approvers_role_fk
  foreign key (tenant_id, role_id) references roles (tenant_id, role_id);
alter table identity_provider_rules drop constraint identity_provider_rules_role_fk;
alter table identity_provider_rules add constraint identity_provider_rules_role_fk
  foreign key (tenant_id, role_id) references roles (tenant_id, role_id);
create index flow_approvers_role_ix on flow_approvers (tenant_id, role_id) where role_id is not null;
