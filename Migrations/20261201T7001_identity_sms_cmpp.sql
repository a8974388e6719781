-- Operators' own gateways are another kind.
alter table sms_gateways drop constraint sms_gateways_kind_ck;
alter table sms_gateways add constraint sms_gateways_kind_ck
  check (kind in ('alibaba', 'tencent', 'huawei', 'twilio', 'cmpp', 'custom'));
