-- Whom a provider has disabled is counted before somebody new is taken in.
create index provisioned_users_left_ix on provisioned_users (tenant_id, identity_provider_id) where left_at is not null;
