-- Kept as one list, because its order is what matters and it is always read as a whole.
create table tenant_factor_rules (
  tenant_id uuid not null,
  level text not null,
  rules jsonb not null,
  version int not null,
  changed_at timestamptz not null,
  constraint tenant_factor_rules_pk primary key (tenant_id),
  constraint tenant_factor_rules_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_factor_rules_level_ck check (level in ('off', 'administrators', 'all')),
  constraint tenant_factor_rules_rules_ck check (jsonb_typeof(rules) = 'array')
);
comment on table tenant_factor_rules is 'Of whom a second factor is asked: the first rule that fits decides, and the level of all others. Without a row it is asked of everybody';
select gatehouse_protect('tenant_factor_rules');

-- Somebody who wants to be asked although nobody demands it.
alter table users add column wants_second_factor boolean not null default false;

-- A browser that has shown none says of what first step no second one was asked; that is asked again with each request.
alter table web_sessions add column exempt_after text;
alter table web_sessions add constraint web_sessions_exempt_ck
  check (exempt_after is null or exempt_after in ('password', 'provider'));
-- So does the token of a command line.
alter table api_tokens add column exempt_after text;
alter table api_tokens add constraint api_tokens_exempt_ck
  check (exempt_after is null or exempt_after in ('password', 'provider'));
