-- What holds for every flow of a company, and how many requests may be open.
create table approval_rules (
  tenant_id uuid not null,
  floors jsonb not null default '[]',
  most_open_per_person int not null,
  most_open int not null,
  changed_at timestamptz not null,
  version int not null default 1,
  constraint approval_rules_pk primary key (tenant_id),
  constraint approval_rules_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint approval_rules_most_ck check (most_open_per_person between 1 and 1000 and most_open between 1 and 1000000)
);
comment on table approval_rules is 'What no flow of a company goes below, and how many requests of a person and of everybody may be open';
select gatehouse_protect('approval_rules');
create index tickets_open_ix on tickets (tenant_id, requester_id) where state = 'open';

-- A flow can be removed: requests keep its name and the path that they were opened with.
alter table tickets alter column flow_id drop not null;
alter table tickets drop constraint tickets_flow_fk;
alter table tickets add constraint tickets_flow_fk foreign key (tenant_id, flow_id)
  references flows (tenant_id, flow_id) on delete set null (flow_id);
create index tickets_flow_ix on tickets (tenant_id, flow_id);

-- Who has said, without looking after flows, how an asset is labelled, where it lies or who owns it: by that is chosen who
-- decides, so whoever asks has not said it themselves. Whoever looks after flows confirms it by saying it again.
create table asset_arrangements (
  tenant_id uuid not null,
  asset_id uuid not null,
  user_id uuid not null,
  gave_owner boolean not null,
  arranged_at timestamptz not null,
  constraint asset_arrangements_pk primary key (tenant_id, asset_id, user_id),
  constraint asset_arrangements_asset_fk foreign key (tenant_id, asset_id) references assets (tenant_id, asset_id) on delete cascade,
  constraint asset_arrangements_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table asset_arrangements is 'Who has said what flows go by of an asset without looking after flows; gone once somebody who does has said it';
create index asset_arrangements_user_ix on asset_arrangements (tenant_id, user_id);
select gatehouse_protect('asset_arrangements');

create table node_arrangements (
  tenant_id uuid not null,
  node_id uuid not null,
  user_id uuid not null,
  gave_owner boolean not null,
  arranged_at timestamptz not null,
  constraint node_arrangements_pk primary key (tenant_id, node_id, user_id),
  constraint node_arrangements_node_fk foreign key (tenant_id, node_id) references nodes (tenant_id, node_id) on delete cascade,
  constraint node_arrangements_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table node_arrangements is 'The same of a node, for everything below it';
create index node_arrangements_user_ix on node_arrangements (tenant_id, user_id);
select gatehouse_protect('node_arrangements');

create view asset_arrangers with (security_invoker = true) as
  select tenant_id, asset_id, user_id, gave_owner from asset_arrangements
  union all
  select n.tenant_id, n.asset_id, r.user_id, r.gave_owner
  from asset_ancestors n
  join node_arrangements r on r.tenant_id = n.tenant_id and r.node_id = n.node_id;
grant select on asset_arrangers to gatehouse_app;

-- What passkeys were asked to sign and nobody did is forgotten, in whichever company.
create index decision_challenges_expiry_ix on decision_challenges (expires_at);
select gatehouse_open('decision_challenges', 'gatehouse_system', 'select (expires_at), delete');
