-- Whose key ends soon is told so, once.
select gatehouse_open(
  'ssh_keys', 'gatehouse_system', 'select (tenant_id, ssh_key_id, user_id, expires_at, disabled_at, end_told_at)');
create index ssh_keys_ends_ix on ssh_keys (expires_at)
  where expires_at is not null and disabled_at is null and end_told_at is null;
