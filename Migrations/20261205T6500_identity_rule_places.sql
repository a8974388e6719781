-- A rule may say to which organization people belong: it names that one, and neither a role nor a group.
alter table identity_provider_rules drop constraint identity_provider_rules_one_ck;
alter table identity_provider_rules drop constraint identity_provider_rules_org_ck;
alter table identity_provider_rules add constraint identity_provider_rules_one_ck check (
  num_nonnulls(role_id, group_id) = 1 or num_nonnulls(role_id, group_id) = 0 and org_id is not null and org_id <> tenant_id);
alter table identity_provider_rules add constraint identity_provider_rules_org_ck check (org_id is null or group_id is null);
comment on table identity_provider_rules is
  'What people of a provider get here of whom all conditions hold: a role, a group or a place in an organization';
comment on column identity_provider_rules.org_id is
  'Where the role is given, null for where the person belongs; without a role or a group, where the person is to belong';

-- Whom a rule placed: they go back to the top, from where alone rules take people, when no rule says so any more. Whoever is
-- moved by hand is where they are by hand.
create table identity_given_places (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  org_id uuid not null,
  constraint identity_given_places_pk primary key (tenant_id, identity_provider_id, user_id, org_id),
  constraint identity_given_places_link_fk foreign key (tenant_id, identity_provider_id, user_id)
    references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint identity_given_places_org_fk foreign key (tenant_id, org_id)
    references organizations (tenant_id, org_id) on delete cascade
);
comment on table identity_given_places is 'Places in organizations that a rule gave, and may take back; who was moved by hand is not here';
create index identity_given_places_user_ix on identity_given_places (tenant_id, user_id);
create index identity_given_places_org_ix on identity_given_places (tenant_id, org_id);
select gatehouse_protect('identity_given_places');

create table provisioning_given_places (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  org_id uuid not null,
  constraint provisioning_given_places_pk primary key (tenant_id, identity_provider_id, user_id, org_id),
  constraint provisioning_given_places_user_fk foreign key (tenant_id, identity_provider_id, user_id)
    references provisioned_users (tenant_id, identity_provider_id, user_id) on delete cascade,
  constraint provisioning_given_places_org_fk foreign key (tenant_id, org_id)
    references organizations (tenant_id, org_id) on delete cascade
);
comment on table provisioning_given_places is 'Places in organizations that a rule gave by what a program says, and may take back';
create index provisioning_given_places_user_ix on provisioning_given_places (tenant_id, user_id);
create index provisioning_given_places_org_ix on provisioning_given_places (tenant_id, org_id);
select gatehouse_protect('provisioning_given_places');
