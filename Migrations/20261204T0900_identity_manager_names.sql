-- Programs name managers by the id that we gave out, in any case.
drop index provisioned_users_manager_ix;
create index provisioned_users_manager_ix
  on provisioned_users (tenant_id, identity_provider_id, lower(profile -> 'manager' ->> 'value')) where profile ? 'manager';
