-- What a provider of OpenID Connect is told when somebody signs out there too: which session ends.
create table sign_out_hints (
  tenant_id uuid not null,
  sign_out_hint_id uuid not null,
  identity_provider_id uuid not null,
  user_id uuid not null,
  tenant_key_id uuid not null,
  -- The ID token of the person's last sign-in there, or how it calls them.
  sealed_hint bytea not null,
  created_at timestamptz not null,
  constraint sign_out_hints_pk primary key (tenant_id, sign_out_hint_id),
  constraint sign_out_hints_person_uq unique (tenant_id, identity_provider_id, user_id),
  constraint sign_out_hints_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint sign_out_hints_user_fk foreign key (tenant_id, user_id)
    references users (tenant_id, user_id) on delete cascade,
  constraint sign_out_hints_key_fk foreign key (tenant_id, tenant_key_id)
    references tenant_keys (tenant_id, tenant_key_id)
);
comment on table sign_out_hints is 'By what identity providers know whose session somebody who signs out means; kept for a day';
create index sign_out_hints_age_ix on sign_out_hints (created_at);
select gatehouse_protect('sign_out_hints');
select gatehouse_open('sign_out_hints', 'gatehouse_system', 'select (created_at), delete');
