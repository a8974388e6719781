-- Since when a closed tenant is closed, and when a closing was cancelled: until when a subscription is paid. The tenant's row
-- tells only what is now, and an invoice has to compute again, also when its tenant is gone.
create table tenant_closings (
  tenant_id uuid not null,
  closed_at timestamptz not null,
  reopened_at timestamptz,
  constraint tenant_closings_pk primary key (tenant_id, closed_at),
  constraint tenant_closings_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_closings_order_ck check (reopened_at >= closed_at)
);
comment on table tenant_closings is 'When tenants were closed, and opened again if that was cancelled';
create unique index tenant_closings_open_uq on tenant_closings (tenant_id) where reopened_at is null;

-- Of those that are closed already nobody noted since when; months that were billed stay as they were billed. The owner is
-- held by row-level security too, so the tenants that are there are read before it holds again.
alter table tenants no force row level security;
insert into tenant_closings (tenant_id, closed_at)
select tenant_id, greatest(created_at, date_trunc('month', now(), 'UTC')) from tenants where state in ('closing', 'deleted');
alter table tenants force row level security;

select gatehouse_protect('tenant_closings');
select gatehouse_keep('tenant_closings');
revoke update, delete on tenant_closings from gatehouse_app;
grant update (reopened_at) on tenant_closings to gatehouse_app;
select gatehouse_open('tenant_closings', 'gatehouse_provider', 'select');
