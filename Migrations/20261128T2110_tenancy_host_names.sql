-- Whether a company's own host name leads to its portal: links are made with it only then.
alter table tenants
  add column host_name_checked_at timestamptz,
  add column host_name_verified_at timestamptz,
  add constraint tenants_host_name_verified_ck check (host_name_verified_at is null or host_name is not null);
comment on column tenants.host_name_verified_at is 'Since when the host name leads to the portal, by the last look at it';
create index tenants_host_name_check_ix on tenants (host_name_checked_at nulls first) where host_name is not null;
