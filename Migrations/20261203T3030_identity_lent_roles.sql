-- Roles that somebody has for a while: they end by themselves.
alter table role_bindings add column ends_at timestamptz;
comment on column role_bindings.ends_at is 'When it ends by itself; null for a role that was given to stay';
create index role_bindings_ends_ix on role_bindings (ends_at) where ends_at is not null;
select gatehouse_open('role_bindings', 'gatehouse_system', 'select (tenant_id, role_id, user_id, org_id, ends_at)');
