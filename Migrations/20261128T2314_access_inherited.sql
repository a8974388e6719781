-- What other features may read: organizations by name.
create view organization_directory with (security_invoker = true) as
  select tenant_id, org_id, name from organizations where merged_at is null;
grant select on organization_directory to gatehouse_app;
