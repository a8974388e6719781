-- Rules go by more than groups: by attributes, and by where an entry lies. What they give may be a role at an organization.
-- Rules of before have a group and no other condition, and give their role where the person belongs: they stay as they are.
alter table identity_provider_rules alter column directory_group drop not null;
alter table identity_provider_rules add column conditions jsonb not null default '[]';
alter table identity_provider_rules add column org_id uuid;
alter table identity_provider_rules add constraint identity_provider_rules_org_fk foreign key (tenant_id, org_id)
  references organizations (tenant_id, org_id);
alter table identity_provider_rules add constraint identity_provider_rules_condition_ck
  check (directory_group is not null or jsonb_array_length(conditions) > 0);
alter table identity_provider_rules add constraint identity_provider_rules_org_ck check (org_id is null or role_id is not null);
create index identity_provider_rules_org_ix on identity_provider_rules (tenant_id, org_id) where org_id is not null;
comment on table identity_provider_rules is 'What people of a provider get here of whom all conditions hold: a role or a group';
comment on column identity_provider_rules.conditions is 'What must hold besides the group, if there is one';
comment on column identity_provider_rules.org_id is 'Where the role is given; null for where the person belongs';

-- What a rule gave is known with its organization. It was where the person belongs, and moved with them.
alter table users no force row level security;
alter table identity_given_roles no force row level security;
alter table provisioning_given_roles no force row level security;
alter table identity_given_roles add column org_id uuid;
alter table provisioning_given_roles add column org_id uuid;
update identity_given_roles g set org_id = u.org_id from users u where u.tenant_id = g.tenant_id and u.user_id = g.user_id;
update provisioning_given_roles g set org_id = u.org_id from users u
where u.tenant_id = g.tenant_id and u.user_id = g.user_id;
alter table users force row level security;
alter table identity_given_roles force row level security;
alter table provisioning_given_roles force row level security;

alter table identity_given_roles alter column org_id set not null;
alter table identity_given_roles drop constraint identity_given_roles_pk;
alter table identity_given_roles add constraint identity_given_roles_pk
  primary key (tenant_id, identity_provider_id, user_id, role_id, org_id);
alter table identity_given_roles add constraint identity_given_roles_org_fk foreign key (tenant_id, org_id)
  references organizations (tenant_id, org_id) on delete cascade;
create index identity_given_roles_org_ix on identity_given_roles (tenant_id, org_id);
comment on column identity_given_roles.org_id is 'Where the role was given';

alter table provisioning_given_roles alter column org_id set not null;
alter table provisioning_given_roles drop constraint provisioning_given_roles_pk;
alter table provisioning_given_roles add constraint provisioning_given_roles_pk
  primary key (tenant_id, identity_provider_id, user_id, role_id, org_id);
alter table provisioning_given_roles add constraint provisioning_given_roles_org_fk foreign key (tenant_id, org_id)
  references organizations (tenant_id, org_id) on delete cascade;
create index provisioning_given_roles_org_ix on provisioning_given_roles (tenant_id, org_id);
comment on column provisioning_given_roles.org_id is 'Where the role was given';

-- Which conditions hold by what an entry, or a program, says of somebody. Groups are looked up.
alter table identity_sync_entries add column facts jsonb;
comment on column identity_sync_entries.facts is 'The conditions of rules that hold by what stands in the entry';
alter table provisioned_users add column facts jsonb;
comment on column provisioned_users.facts is 'The conditions of rules that hold by what the program says of the person';
