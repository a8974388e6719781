-- What rules of several providers give somebody is looked up by the person: a role that another rule gives too stays.
create index identity_given_roles_user_ix on identity_given_roles (tenant_id, user_id);
create index identity_given_groups_user_ix on identity_given_groups (tenant_id, user_id);
create index provisioning_given_roles_user_ix on provisioning_given_roles (tenant_id, user_id);
create index provisioning_given_groups_user_ix on provisioning_given_groups (tenant_id, user_id);
