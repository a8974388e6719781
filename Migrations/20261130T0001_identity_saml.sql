-- A provider that posts has said its word before the browser is back.
-- It counts for the browser that brought it, which alone is told the code.
alter table browser_sign_ins add column outcome jsonb;
alter table browser_sign_ins add column code_hash bytea;
alter table browser_sign_ins add constraint browser_sign_ins_outcome_ck check ((outcome is null) = (code_hash is null));

create table saml_assertions (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  assertion_hash bytea not null,
  expires_at timestamptz not null,
  constraint saml_assertions_pk primary key (tenant_id, identity_provider_id, assertion_hash),
  constraint saml_assertions_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint saml_assertions_hash_ck check (octet_length(assertion_hash) = 32)
);
comment on table saml_assertions is 'Assertions that were used: none counts twice, and each is kept until it would count no more';
create index saml_assertions_expiry_ix on saml_assertions (tenant_id, expires_at);
select gatehouse_protect('saml_assertions');
select gatehouse_open('saml_assertions', 'gatehouse_system', 'select (tenant_id, expires_at), delete');

-- A provider of SAML wants to hear both again before it ends the session there.
alter table identity_sessions add column name text;
alter table identity_sessions add column session text;
