-- Who holds which role at a moment: the one place that knows when a role ends that somebody has for a while.
create function roles_held(at timestamptz)
returns table (tenant_id uuid, user_id uuid, role_id uuid, org_id uuid, ends_at timestamptz)
language sql stable as $$
  select b.tenant_id, b.user_id, b.role_id, b.org_id, b.ends_at from role_bindings b
  where b.ends_at is null or b.ends_at > $1
$$;
comment on function roles_held(timestamptz) is 'Who holds which role at a moment, and until when if it ends by itself';

create or replace view user_roles with (security_invoker = true) as
  select tenant_id, user_id, role_id, org_id from roles_held(now());
