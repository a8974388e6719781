create table invoices (
  tenant_id uuid not null,
  invoice_id uuid not null,
  month text not null,
  number text not null,
  currency text not null,
  total bigint not null,
  -- The canonical document, and its hash: the same events give the same bytes.
  document bytea not null,
  sha256 bytea not null,
  -- Events that came in before this are in it; what came later is corrected by a later invoice.
  received_before timestamptz not null,
  finalised_at timestamptz not null,
  pushed_at timestamptz,
  constraint invoices_pk primary key (tenant_id, invoice_id),
  constraint invoices_month_uq unique (tenant_id, month),
  constraint invoices_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint invoices_month_ck check (month ~ '^2[0-9]{3}-(0[1-9]|1[0-2])$')
);
comment on table invoices is 'What tenants were billed, final: what comes in later is corrected by the next invoice';
create index invoices_finalised_ix on invoices (finalised_at, invoice_id);
select gatehouse_protect('invoices');
revoke insert, update, delete on invoices from gatehouse_app;
select gatehouse_open('invoices', 'gatehouse_provider', 'select, insert');
grant update (pushed_at) on invoices to gatehouse_provider;

create table billing_targets (
  name text not null,
  url text not null,
  -- The signing secret is derived from the master key and this number, and stored nowhere.
  secret_version int not null default 1,
  changed_at timestamptz not null default now(),
  constraint billing_targets_pk primary key (name),
  constraint billing_targets_name_ck check (name = 'invoices')
);
comment on table billing_targets is 'Where the provider wants invoices sent';
alter table billing_targets enable row level security;
alter table billing_targets force row level security;
create policy provider_all on billing_targets to gatehouse_provider using (true) with check (true);
grant select, insert, update, delete on billing_targets to gatehouse_provider;
