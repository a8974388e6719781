-- An invoice computes again after its tenant is gone: what it says and which plan held outlive the tenant.
select gatehouse_keep('invoices');
select gatehouse_keep('tenant_plan_history');
