-- Kept as one list, because its order is what matters and it is always read as a whole.
create table tenant_sign_in_rules (
  tenant_id uuid not null,
  rules jsonb not null,
  version int not null,
  changed_at timestamptz not null,
  constraint tenant_sign_in_rules_pk primary key (tenant_id),
  constraint tenant_sign_in_rules_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_sign_in_rules_rules_ck check (jsonb_typeof(rules) = 'array')
);
comment on table tenant_sign_in_rules is 'Who may sign in, from where and when; the first that fits decides. Ids of people that are gone fit nobody';
select gatehouse_protect('tenant_sign_in_rules');

create table sign_in_reviews (
  tenant_id uuid not null,
  sign_in_review_id uuid not null,
  -- Of the list in tenant_sign_in_rules. A review of a rule that is gone can be decided by nobody.
  sign_in_rule_id uuid not null,
  rule_name text not null,
  user_id uuid not null,
  entrance text not null,
  client_address text,
  -- The very attempt that the answer is good for.
  attempt text not null,
  state text not null default 'waiting',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  reason text,
  constraint sign_in_reviews_pk primary key (tenant_id, sign_in_review_id),
  constraint sign_in_reviews_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint sign_in_reviews_decider_fk foreign key (tenant_id, decided_by) references users (tenant_id, user_id) on delete cascade,
  constraint sign_in_reviews_entrance_ck check (entrance in ('web', 'cli', 'ssh')),
  constraint sign_in_reviews_state_ck check (state in ('waiting', 'approved', 'rejected', 'used')),
  constraint sign_in_reviews_decided_ck check ((state = 'waiting') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint sign_in_reviews_another_ck check (decided_by is distinct from user_id)
);
comment on table sign_in_reviews is 'Sign-ins that wait for the word of somebody else, for ten minutes and one use';
create index sign_in_reviews_attempt_ix on sign_in_reviews (tenant_id, user_id, attempt);
create index sign_in_reviews_decider_ix on sign_in_reviews (tenant_id, decided_by);
create index sign_in_reviews_recent_ix on sign_in_reviews (tenant_id, created_at);
select gatehouse_protect('sign_in_reviews');
select gatehouse_open('sign_in_reviews', 'gatehouse_system', 'select (tenant_id, sign_in_review_id, expires_at), delete');
create index sign_in_reviews_over_ix on sign_in_reviews (expires_at);

alter table sign_ins drop constraint sign_ins_stage_ck;
alter table sign_ins add constraint sign_ins_stage_ck
  check (stage in ('second-factor', 'enrol', 'change-password', 'invitation', 'review'));

-- Somebody at a gateway who has proven who they are, perhaps by a key, and waits.
alter table admissions add column public_key bytea;
alter table admissions drop constraint admissions_stage_ck;
alter table admissions add constraint admissions_stage_ck
  check (stage in ('answers', 'challenge', 'code', 'waiting', 'admitted', 'refused'));
alter table admissions drop constraint admissions_admitted_ck;
alter table admissions add constraint admissions_admitted_ck
  check ((stage in ('code', 'admitted', 'waiting')) = (user_id is not null) and (public_key is null or stage = 'waiting'));

-- The rule whose review let the command line in: what it waited for once, its token need not wait for again.
alter table api_tokens add column sign_in_rule_id uuid;
-- When the trail last told of a refusal by the rules: one line a while, however often a program tries.
alter table api_tokens add column refused_at timestamptz;
