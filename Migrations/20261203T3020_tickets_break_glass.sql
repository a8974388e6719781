-- Emergency access: who may take it, and each time that somebody did.
create table break_glass_policies (
  tenant_id uuid not null,
  rules jsonb not null default '[]',
  changed_at timestamptz not null,
  version int not null default 1,
  constraint break_glass_policies_pk primary key (tenant_id),
  constraint break_glass_policies_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table break_glass_policies is 'Which groups may take emergency access to which assets, and for how long; without a row nobody';
select gatehouse_protect('break_glass_policies');

create table break_glass_uses (
  tenant_id uuid not null,
  ticket_id uuid not null,
  grant_id uuid not null,
  user_id uuid not null,
  rule text not null,
  used_at timestamptz not null,
  ends_at timestamptz not null,
  review_due_at timestamptz not null,
  told_late_at timestamptz,
  outcome text,
  reviewed_at timestamptz,
  reviewed_by uuid,
  remark text,
  constraint break_glass_uses_pk primary key (tenant_id, ticket_id),
  constraint break_glass_uses_ticket_fk foreign key (tenant_id, ticket_id)
    references tickets (tenant_id, ticket_id) on delete cascade,
  constraint break_glass_uses_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id),
  constraint break_glass_uses_outcome_ck check (outcome in ('accepted', 'objected')),
  constraint break_glass_uses_reviewed_ck check ((outcome is null) = (reviewed_at is null))
);
comment on table break_glass_uses is 'Each time that somebody took emergency access, and who has looked at it since';
select gatehouse_protect('break_glass_uses');
create index break_glass_uses_used_ix on break_glass_uses (tenant_id, used_at, ticket_id);
create index break_glass_uses_open_ix on break_glass_uses (tenant_id, user_id, review_due_at) where reviewed_at is null;
create index break_glass_uses_late_ix on break_glass_uses (review_due_at)
  where reviewed_at is null and told_late_at is null;
select gatehouse_open('break_glass_uses', 'gatehouse_system',
  'select (tenant_id, ticket_id, review_due_at, reviewed_at, told_late_at)');
