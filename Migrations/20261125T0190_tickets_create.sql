create table flows (
  tenant_id uuid not null,
  flow_id uuid not null,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint flows_pk primary key (tenant_id, flow_id),
  constraint flows_name_uq unique (tenant_id, name),
  constraint flows_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table flows is 'How requests are decided';
create unique index flows_default_uq on flows (tenant_id) where is_default;
select gatehouse_protect('flows');

create table flow_levels (
  tenant_id uuid not null,
  flow_id uuid not null,
  level int not null,
  name text not null,
  webhook_id uuid,
  constraint flow_levels_pk primary key (tenant_id, flow_id, level),
  constraint flow_levels_flow_fk foreign key (tenant_id, flow_id) references flows (tenant_id, flow_id) on delete cascade,
  constraint flow_levels_webhook_fk foreign key (tenant_id, webhook_id) references webhooks (tenant_id, webhook_id) on delete set null (webhook_id),
  constraint flow_levels_level_ck check (level between 1 and 5)
);
comment on table flow_levels is 'The levels of a flow; a level may be asked through a webhook as well as in the portal';
select gatehouse_protect('flow_levels');

create table flow_approvers (
  tenant_id uuid not null,
  flow_id uuid not null,
  level int not null,
  flow_approver_id uuid not null,
  user_id uuid,
  group_id uuid,
  role_id uuid,
  constraint flow_approvers_pk primary key (tenant_id, flow_id, level, flow_approver_id),
  constraint flow_approvers_level_fk foreign key (tenant_id, flow_id, level) references flow_levels (tenant_id, flow_id, level) on delete cascade,
  constraint flow_approvers_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint flow_approvers_group_fk foreign key (tenant_id, group_id) references groups (tenant_id, group_id) on delete cascade,
  constraint flow_approvers_role_fk foreign key (tenant_id, role_id) references roles (tenant_id, role_id) on delete cascade,
  constraint flow_approvers_one_ck check (num_nonnulls(user_id, group_id, role_id) = 1)
);
comment on table flow_approvers is 'Who may decide on a level: a person, a group or a role';
select gatehouse_protect('flow_approvers');

create table ticket_counters (
  tenant_id uuid not null,
  last_number int not null default 0,
  constraint ticket_counters_pk primary key (tenant_id),
  constraint ticket_counters_tenant_fk foreign key (tenant_id) references tenants (tenant_id)
);
comment on table ticket_counters is 'The number of the newest request';
select gatehouse_protect('ticket_counters');

create table tickets (
  tenant_id uuid not null,
  ticket_id uuid not null,
  number int not null,
  flow_id uuid not null,
  requester_id uuid not null,
  reason text not null,
  accounts text[] not null,
  protocols text[] not null,
  actions text[] not null,
  starts_at timestamptz,
  duration_seconds int not null,
  state text not null default 'open',
  level int not null default 1,
  levels int not null,
  deadline timestamptz not null,
  decided_at timestamptz,
  grant_id uuid,
  digest bytea not null,
  created_at timestamptz not null default now(),
  version int not null default 1,
  constraint tickets_pk primary key (tenant_id, ticket_id),
  constraint tickets_number_uq unique (tenant_id, number),
  constraint tickets_flow_fk foreign key (tenant_id, flow_id) references flows (tenant_id, flow_id),
  constraint tickets_requester_fk foreign key (tenant_id, requester_id) references users (tenant_id, user_id),
  constraint tickets_grant_fk foreign key (tenant_id, grant_id) references grants (tenant_id, grant_id),
  constraint tickets_state_ck check (state in ('open', 'approved', 'rejected', 'withdrawn', 'expired')),
  constraint tickets_level_ck check (level between 1 and levels)
);
comment on table tickets is 'Requests for access; digest is over what is asked, so that a decision is bound to it';
create index tickets_created_ix on tickets (tenant_id, created_at, ticket_id);
create index tickets_requester_ix on tickets (tenant_id, requester_id, created_at);
create index tickets_deadline_ix on tickets (deadline) where state = 'open';
select gatehouse_protect('tickets');
select gatehouse_open('tickets', 'gatehouse_system', 'select (tenant_id, ticket_id, state, deadline)');

create table ticket_assets (
  tenant_id uuid not null,
  ticket_id uuid not null,
  asset_id uuid not null,
  constraint ticket_assets_pk primary key (tenant_id, ticket_id, asset_id),
  constraint ticket_assets_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_assets_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade
);
comment on table ticket_assets is 'What a request asks for';
create index ticket_assets_asset_ix on ticket_assets (tenant_id, asset_id);
select gatehouse_protect('ticket_assets');

create table ticket_approvers (
  tenant_id uuid not null,
  ticket_id uuid not null,
  level int not null,
  user_id uuid not null,
  constraint ticket_approvers_pk primary key (tenant_id, ticket_id, level, user_id),
  constraint ticket_approvers_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_approvers_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table ticket_approvers is 'Who may decide which level of a request, resolved when it was opened';
create index ticket_approvers_user_ix on ticket_approvers (tenant_id, user_id, ticket_id);
select gatehouse_protect('ticket_approvers');

create table ticket_decisions (
  tenant_id uuid not null,
  decision_id uuid not null,
  ticket_id uuid not null,
  level int not null,
  user_id uuid not null,
  outcome text not null,
  comment text not null default '',
  channel text not null,
  digest bytea not null,
  decided_at timestamptz not null default now(),
  constraint ticket_decisions_pk primary key (tenant_id, decision_id),
  constraint ticket_decisions_level_uq unique (tenant_id, ticket_id, level),
  constraint ticket_decisions_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_decisions_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id),
  constraint ticket_decisions_outcome_ck check (outcome in ('approved', 'rejected')),
  constraint ticket_decisions_channel_ck check (channel in ('portal', 'api', 'webhook'))
);
comment on table ticket_decisions is 'Answers, one for each level';
select gatehouse_protect('ticket_decisions');

create table ticket_comments (
  tenant_id uuid not null,
  comment_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  text text not null,
  created_at timestamptz not null default now(),
  constraint ticket_comments_pk primary key (tenant_id, comment_id),
  constraint ticket_comments_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_comments_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id)
);
comment on table ticket_comments is 'Remarks on a request';
create index ticket_comments_ticket_ix on ticket_comments (tenant_id, ticket_id, created_at);
select gatehouse_protect('ticket_comments');

create table decision_links (
  tenant_id uuid not null,
  token_hash bytea not null,
  ticket_id uuid not null,
  level int not null,
  user_id uuid not null,
  digest bytea not null,
  webhook_id uuid,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint decision_links_pk primary key (tenant_id, token_hash),
  constraint decision_links_webhook_fk foreign key (tenant_id, webhook_id) references webhooks (tenant_id, webhook_id) on delete cascade,
  constraint decision_links_approver_fk foreign key (tenant_id, ticket_id, level, user_id) references ticket_approvers (tenant_id, ticket_id, level, user_id) on delete cascade
);
comment on table decision_links is 'Single-use links by which an approver decides from a message, by the hash of their token';
select gatehouse_protect('decision_links');
