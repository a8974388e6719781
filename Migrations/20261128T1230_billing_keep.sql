-- An invoice computes again after its tenant is gone: what it says and which plan held outlive the tenant.
do $$
begin
  if to_regprocedure('gatehouse_keep(regclass)') is not null then
    perform gatehouse_keep('invoices');
    perform gatehouse_keep('tenant_plan_history');
  end if;
end
$$;
