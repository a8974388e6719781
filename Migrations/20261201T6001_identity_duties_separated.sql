-- Whether a tenant's administrators are divided, for those who know no more of it.
create function gatehouse_duties_separated(tenant uuid) returns boolean language sql stable as $$
  select exists (select from duty_separations d where d.tenant_id = tenant and d.is_on)
$$;
