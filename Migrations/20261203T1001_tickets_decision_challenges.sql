create table decision_challenges (
  tenant_id uuid not null,
  challenge_hash bytea not null,
  ticket_id uuid not null,
  level int not null,
  user_id uuid not null,
  digest bytea not null,
  result bytea not null,
  nonce bytea not null,
  expires_at timestamptz not null,
  constraint decision_challenges_pk primary key (tenant_id, challenge_hash),
  constraint decision_challenges_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint decision_challenges_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table decision_challenges is 'What passkeys were asked to sign about requests, once each: a challenge is made of person, request, level, and the digests before and after';
create index decision_challenges_user_ix on decision_challenges (tenant_id, user_id, ticket_id);
select gatehouse_protect('decision_challenges');
