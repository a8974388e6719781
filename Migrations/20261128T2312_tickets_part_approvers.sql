-- Who has which role where: an approver named by a role is somebody who has it at an organization in which everything
-- lies that is asked for.
create or replace view user_roles with (security_invoker = true) as
  select tenant_id, user_id, role_id, org_id from role_bindings;
