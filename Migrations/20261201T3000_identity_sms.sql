-- Codes go out by more than one channel: what was of e-mail is of every channel now.
truncate email_codes;
alter table email_codes rename to sent_codes;
alter table sent_codes add column channel text not null;
alter table sent_codes add constraint sent_codes_channel_ck check (channel in ('email', 'sms'));
alter table sent_codes drop constraint email_codes_pk;
alter table sent_codes add constraint sent_codes_pk primary key (tenant_id, user_id, channel);
alter table sent_codes rename constraint email_codes_user_fk to sent_codes_user_fk;
alter table sent_codes rename constraint email_codes_address_ck to sent_codes_address_ck;
alter table sent_codes rename constraint email_codes_tries_ck to sent_codes_tries_ck;
alter index email_codes_expiry_ix rename to sent_codes_expiry_ix;
comment on table sent_codes is 'The code that somebody was sent last by a channel: sealed, for a few minutes, and gone with its first use';

alter table email_factors rename to code_factors;
alter table code_factors add column channel text not null default 'email';
alter table code_factors alter column channel drop default;
alter table code_factors add constraint code_factors_channel_ck check (channel in ('email', 'sms'));
alter table code_factors drop constraint email_factors_pk;
alter table code_factors add constraint code_factors_pk primary key (tenant_id, user_id, channel);
alter table code_factors rename constraint email_factors_user_fk to code_factors_user_fk;
alter table code_factors rename constraint email_factors_address_ck to code_factors_address_ck;
comment on table code_factors is 'People who confirm with codes that are sent to them: the address or number at which they have shown that they get them';

create table sms_gateways (
  tenant_id uuid not null,
  sms_gateway_id uuid not null,
  name text not null,
  kind text not null,
  position int not null,
  enabled boolean not null,
  settings jsonb not null,
  tenant_key_id uuid,
  sealed_secret bytea,
  created_at timestamptz not null,
  last_taken_at timestamptz,
  last_refusal text,
  last_refused_at timestamptz,
  version int not null default 1,
  constraint sms_gateways_pk primary key (tenant_id, sms_gateway_id),
  constraint sms_gateways_name_uq unique (tenant_id, name),
  constraint sms_gateways_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint sms_gateways_key_fk foreign key (tenant_id, tenant_key_id) references tenant_keys (tenant_id, tenant_key_id),
  constraint sms_gateways_name_ck check (length(name) between 1 and 100),
  constraint sms_gateways_kind_ck check (kind in ('alibaba', 'tencent', 'huawei', 'twilio', 'custom')),
  constraint sms_gateways_position_ck check (position > 0),
  constraint sms_gateways_refusal_ck check (length(last_refusal) <= 300),
  constraint sms_gateways_secret_ck check ((tenant_key_id is null) = (sealed_secret is null))
);
comment on table sms_gateways is 'Services by which codes reach people as text messages, asked in the order of their positions';
comment on column sms_gateways.last_refusal is 'In the words of the service, without numbers and codes';
select gatehouse_protect('sms_gateways');

create table sms_sends (
  tenant_id uuid not null,
  sms_send_id uuid not null,
  user_id uuid not null,
  number text not null,
  purpose text not null,
  sent_at timestamptz not null,
  constraint sms_sends_pk primary key (tenant_id, sms_send_id),
  constraint sms_sends_tenant_fk foreign key (tenant_id) references tenants (tenant_id),
  constraint sms_sends_number_ck check (length(number) between 8 and 16),
  constraint sms_sends_purpose_ck check (purpose in ('code', 'test'))
);
comment on table sms_sends is 'Text messages of the last day, which are counted before another one goes out; of whom stays also when they are gone, lest a company sends more for it';
create index sms_sends_time_ix on sms_sends (tenant_id, sent_at);
create index sms_sends_age_ix on sms_sends (sent_at);
select gatehouse_protect('sms_sends');
select gatehouse_open('sms_sends', 'gatehouse_system', 'select (sent_at), delete');

-- By what a second factor was shown.
alter table sign_ins drop constraint sign_ins_second_factor_ck;
alter table sign_ins add constraint sign_ins_second_factor_ck
  check (second_factor_by is null
    or (second_factor_at is not null
      and second_factor_by in ('authenticator', 'passkey', 'email', 'sms', 'radius', 'recovery', 'provider')));
alter table web_sessions drop constraint web_sessions_second_factor_by_ck;
alter table web_sessions add constraint web_sessions_second_factor_by_ck
  check (second_factor_by in ('authenticator', 'passkey', 'email', 'sms', 'radius', 'recovery', 'provider'));
alter table remembered_devices drop constraint remembered_devices_factor_ck;
alter table remembered_devices add constraint remembered_devices_factor_ck
  check (factor in ('authenticator', 'passkey', 'email', 'sms', 'radius'));
