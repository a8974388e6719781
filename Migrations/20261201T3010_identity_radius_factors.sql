create table radius_factors (
  tenant_id uuid not null,
  user_id uuid not null,
  identity_provider_id uuid not null,
  assigned_at timestamptz not null,
  rounds int not null default 0,
  rounds_since timestamptz,
  silences int not null default 0,
  constraint radius_factors_pk primary key (tenant_id, user_id),
  constraint radius_factors_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint radius_factors_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete restrict,
  constraint radius_factors_rounds_ck check (rounds >= 0),
  constraint radius_factors_silences_ck check (silences >= 0)
);
comment on table radius_factors is 'People who confirm at a RADIUS server: at whose, and how many conversations began there lately';
comment on column radius_factors.silences is 'How often in a row a server that was asked to ring said nothing';
create index radius_factors_provider_ix on radius_factors (tenant_id, identity_provider_id);
select gatehouse_protect('radius_factors');
