create table service_levels (
  tenant_id uuid not null,
  hour timestamptz not null,
  bucket int not null,
  requests bigint not null,
  failures bigint not null,
  constraint service_levels_pk primary key (tenant_id, hour, bucket),
  constraint service_levels_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint service_levels_counts_ck check (bucket >= 0 and failures >= 0 and requests >= failures)
);
comment on table service_levels is
  'How many requests of a tenant took how long, by hour and bucket of the histogram; failures are those that were the installation''s fault';
select gatehouse_protect('service_levels');
revoke insert, update, delete on service_levels from gatehouse_app;
select gatehouse_open('service_levels', 'gatehouse_system', 'select, insert, update, delete');
select gatehouse_open('service_levels', 'gatehouse_provider', 'select');
create index service_levels_hour_ix on service_levels (hour);

-- Names and states of tenants are the provider's own.
grant select on tenant_settings to gatehouse_provider;
