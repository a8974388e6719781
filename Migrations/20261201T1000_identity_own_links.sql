alter table identity_providers drop constraint identity_providers_kind_ck;
alter table identity_providers add constraint identity_providers_kind_ck
  check (kind in ('ldap', 'radius', 'oidc', 'oauth2', 'cas', 'saml', 'messenger'));
alter table identity_providers add column binds_users boolean not null default false;
comment on column identity_providers.binds_users is 'Whether people may bind an account there to their own by themselves';

-- What a person says of themselves is no provider's word about them.
alter table identity_links add column bound_by_user boolean not null default false;
alter table identity_links add column account text;
alter table identity_links add constraint identity_links_account_ck check ((account is not null) = bound_by_user);
comment on column identity_links.bound_by_user is 'The person made the link: it lets them in, and vouches for nothing else';
comment on column identity_links.account is 'What the account there was called when the person bound it';

-- What such a link opened ends with it, however it goes.
alter table web_sessions add column bound_provider_id uuid;
alter table web_sessions add constraint web_sessions_link_fk foreign key (tenant_id, bound_provider_id, user_id)
  references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade;
create index web_sessions_link_ix on web_sessions (tenant_id, bound_provider_id, user_id)
  where bound_provider_id is not null;
comment on column web_sessions.bound_provider_id is 'Set for a browser that came in by a link that its person made';
alter table sign_ins add column bound_provider_id uuid;
alter table sign_ins add constraint sign_ins_link_fk foreign key (tenant_id, bound_provider_id, user_id)
  references identity_links (tenant_id, identity_provider_id, user_id) on delete cascade;
alter table sign_ins add constraint sign_ins_one_way_ck
  check (identity_provider_id is null or bound_provider_id is null);
create index sign_ins_link_ix on sign_ins (tenant_id, bound_provider_id, user_id) where bound_provider_id is not null;

-- Whoever binds an account leaves with a browser and comes back with the same one, still signed in.
alter table browser_sign_ins add column web_session_id uuid;
alter table browser_sign_ins add constraint browser_sign_ins_session_fk foreign key (tenant_id, web_session_id)
  references web_sessions (tenant_id, web_session_id) on delete cascade;
alter table browser_sign_ins add constraint browser_sign_ins_session_ck
  check (web_session_id is null or tester_id is not null);
create index browser_sign_ins_session_ix on browser_sign_ins (tenant_id, web_session_id)
  where web_session_id is not null;

create table identity_bindings (
  tenant_id uuid not null,
  web_session_id uuid not null,
  user_id uuid not null,
  identity_provider_id uuid not null,
  token_hash bytea not null,
  subject text collate "C" not null,
  account text not null,
  expires_at timestamptz not null,
  constraint identity_bindings_pk primary key (tenant_id, web_session_id),
  constraint identity_bindings_session_fk foreign key (tenant_id, web_session_id)
    references web_sessions (tenant_id, web_session_id) on delete cascade,
  constraint identity_bindings_user_fk foreign key (tenant_id, user_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint identity_bindings_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint identity_bindings_hash_ck check (octet_length(token_hash) = 32)
);
comment on table identity_bindings is 'Accounts at providers that people have shown to be theirs and not bound yet: one for each browser, until its person confirms';
create index identity_bindings_provider_ix on identity_bindings (tenant_id, identity_provider_id);
create index identity_bindings_user_ix on identity_bindings (tenant_id, user_id);
select gatehouse_protect('identity_bindings');
