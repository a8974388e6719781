alter table identity_providers drop constraint identity_providers_kind_ck;
alter table identity_providers add constraint identity_providers_kind_ck
  check (kind in ('ldap', 'radius', 'oidc', 'oauth2', 'cas', 'saml'));

create table identity_challenges (
  tenant_id uuid not null,
  sign_in_id uuid not null,
  token_hash bytea not null,
  identity_provider_id uuid not null,
  login text collate "C" not null,
  user_id uuid,
  server text not null,
  sealed_state bytea not null,
  round int not null,
  client_address text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint identity_challenges_pk primary key (tenant_id, sign_in_id),
  constraint identity_challenges_token_uq unique (tenant_id, token_hash),
  constraint identity_challenges_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_challenges_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint identity_challenges_round_ck check (round between 1 and 5)
);
comment on table identity_challenges is 'Sign-ins that wait for the answer to a question of an identity provider; its state is sealed for a few minutes';
create index identity_challenges_provider_ix on identity_challenges (tenant_id, identity_provider_id);
create index identity_challenges_user_ix on identity_challenges (tenant_id, user_id);
select gatehouse_protect('identity_challenges');
select gatehouse_open('identity_challenges', 'gatehouse_system', 'select, delete');

-- A person in front of a gateway may be asked by an identity provider.
alter table admissions drop constraint admissions_stage_ck;
alter table admissions add constraint admissions_stage_ck
  check (stage in ('answers', 'challenge', 'admitted', 'refused'));
