-- Faces as a second factor. A service of the company's, or of the hosting provider's, shows the camera and tells us 128 numbers.
create table face_components (
  tenant_id uuid not null,
  page_url text,
  enabled boolean not null default false,
  liveness boolean not null default true,
  tenant_key_id uuid,
  sealed_key bytea,
  key_made_at timestamptz,
  changed_at timestamptz not null,
  version int not null,
  constraint face_components_pk primary key (tenant_id),
  constraint face_components_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint face_components_tenant_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id),
  constraint face_components_page_ck check (length(page_url) between 8 and 500),
  constraint face_components_key_ck check ((tenant_key_id is null) = (sealed_key is null) and (sealed_key is null) = (key_made_at is null))
);
comment on table face_components is 'The service by which a company looks at faces: its page, and the key that it signs with';
comment on column face_components.liveness is 'Whether it must say that a living person was before the camera';
select gatehouse_protect('face_components');

create table face_factors (
  tenant_id uuid not null,
  user_id uuid not null,
  tenant_key_id uuid not null,
  sealed_vector bytea not null,
  enrolled_at timestamptz not null,
  constraint face_factors_pk primary key (tenant_id, user_id),
  constraint face_factors_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint face_factors_tenant_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id)
);
comment on table face_factors is 'People who confirm with their face: its 128 numbers, sealed, and nothing else of it; with their consent of that moment';
select gatehouse_protect('face_factors');

create table face_checks (
  tenant_id uuid not null,
  face_check_id uuid not null,
  user_id uuid not null,
  purpose text not null,
  sign_in_id uuid,
  web_session_id uuid,
  context_hash bytea not null,
  client_address text,
  portal text not null,
  expires_at timestamptz not null,
  taken_at timestamptz,
  code_hash bytea,
  sealed_vector bytea,
  constraint face_checks_pk primary key (tenant_id, face_check_id),
  constraint face_checks_context_uq unique (tenant_id, context_hash),
  constraint face_checks_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint face_checks_sign_in_fk foreign key (tenant_id, sign_in_id)
    references sign_ins (tenant_id, sign_in_id) on delete cascade,
  constraint face_checks_session_fk foreign key (tenant_id, web_session_id)
    references web_sessions (tenant_id, web_session_id) on delete cascade,
  constraint face_checks_purpose_ck check (purpose in ('sign-in', 'step-up', 'enrol')),
  constraint face_checks_place_ck check (
    (purpose = 'sign-in') = (sign_in_id is not null) and (purpose <> 'sign-in') = (web_session_id is not null)),
  constraint face_checks_vector_ck check (sealed_vector is null or purpose = 'enrol')
);
comment on table face_checks is 'Somebody who is to show their face: good once, for a minute, and only where it was begun';
comment on column face_checks.code_hash is 'What the browser that was before the camera brings back; set once the face was right';
create index face_checks_user_ix on face_checks (tenant_id, user_id);
create index face_checks_sign_in_ix on face_checks (tenant_id, sign_in_id) where sign_in_id is not null;
create index face_checks_session_ix on face_checks (tenant_id, web_session_id) where web_session_id is not null;
create index face_checks_expiry_ix on face_checks (expires_at);
select gatehouse_protect('face_checks');
select gatehouse_open('face_checks', 'gatehouse_system', 'select (expires_at), delete');

-- By what a second factor was shown.
alter table sign_ins drop constraint sign_ins_second_factor_ck;
alter table sign_ins add constraint sign_ins_second_factor_ck
  check (second_factor_by is null
    or (second_factor_at is not null
      and second_factor_by in ('authenticator', 'passkey', 'email', 'sms', 'radius', 'face', 'recovery', 'provider')));
alter table web_sessions drop constraint web_sessions_second_factor_by_ck;
alter table web_sessions add constraint web_sessions_second_factor_by_ck
  check (second_factor_by in ('authenticator', 'passkey', 'email', 'sms', 'radius', 'face', 'recovery', 'provider'));
alter table remembered_devices drop constraint remembered_devices_factor_ck;
alter table remembered_devices add constraint remembered_devices_factor_ck
  check (factor in ('authenticator', 'passkey', 'email', 'sms', 'radius', 'face'));
