-- Sign-ins, connections and commands that wait for somebody's word are requests like any other. Who is asked says a rule,
-- so they have no flow.
alter table tickets alter column flow_id drop not null;

create table ticket_reviews (
  tenant_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  -- The very attempt, rule and address that the answer is good for.
  attempt text not null,
  rule_id uuid not null,
  client_address text,
  -- Somebody is connected and waits; when they are gone, nobody has to answer any more.
  is_attended boolean not null,
  seen_at timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint ticket_reviews_pk primary key (tenant_id, ticket_id),
  constraint ticket_reviews_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_reviews_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table ticket_reviews is 'What somebody waits for behind a request of theirs: the answer is good for one attempt, once';
create index ticket_reviews_attempt_ix on ticket_reviews (tenant_id, user_id, attempt);
create index ticket_reviews_tenant_ix on ticket_reviews (tenant_id, expires_at);
create index ticket_reviews_left_ix on ticket_reviews (seen_at) where is_attended;
create index ticket_reviews_over_ix on ticket_reviews (expires_at);
select gatehouse_protect('ticket_reviews');
select gatehouse_open('ticket_reviews', 'gatehouse_system',
  'select (tenant_id, ticket_id, user_id, is_attended, seen_at, expires_at), update (seen_at), delete');

-- The list of their own that they were. Who waits right now is asked about anew, as a request.
drop table sign_in_reviews;

-- To answer is one permission for all kinds.
alter table roles no force row level security;
update roles set permissions = case when 'tickets.decide' = any(permissions)
    then array_remove(permissions, 'sign-in-reviews.decide')
    else array_replace(permissions, 'sign-in-reviews.decide', 'tickets.decide') end
where 'sign-in-reviews.decide' = any(permissions);
alter table roles force row level security;
