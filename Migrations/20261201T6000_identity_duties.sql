-- Three roles that divide administrators, for every tenant that there is; new ones get them with the others.
alter table roles drop constraint roles_built_in_ck;
alter table roles add constraint roles_built_in_ck check (
  built_in in (
    'administrator', 'auditor', 'user', 'system-administrator', 'security-administrator', 'audit-administrator'));
-- The owner is held by row-level security too.
alter table tenants no force row level security;
alter table roles no force row level security;
insert into roles (tenant_id, role_id, name, built_in, created_at)
select t.tenant_id, gen_random_uuid(), case
    when exists (select from roles r where r.tenant_id = t.tenant_id and r.name = d.name) then d.name || ' (built in)'
    else d.name
  end, d.built_in, now()
from tenants t
cross join (
  values ('System administrator', 'system-administrator'), ('Security administrator', 'security-administrator'),
    ('Audit administrator', 'audit-administrator')) as d (name, built_in)
where exists (select from roles r where r.tenant_id = t.tenant_id and r.built_in = 'administrator');
alter table tenants force row level security;
alter table roles force row level security;

create table duty_separations (
  tenant_id uuid not null,
  is_on boolean not null default false,
  since timestamptz,
  wanted boolean,
  wanted_by uuid,
  wanted_at timestamptz,
  constraint duty_separations_pk primary key (tenant_id),
  constraint duty_separations_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint duty_separations_wanted_fk foreign key (tenant_id, wanted_by) references users (tenant_id, user_id)
    on delete set null (wanted_by),
  constraint duty_separations_wanted_ck check ((wanted is null) = (wanted_at is null))
);
comment on table duty_separations is 'Whether the administrators of a tenant are divided into three duties, and who wants that changed';
select gatehouse_protect('duty_separations');
