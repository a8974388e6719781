-- Grants that are deleted look for the use of emergency access that they came from.
create index break_glass_uses_grant_ix on break_glass_uses (tenant_id, grant_id);
