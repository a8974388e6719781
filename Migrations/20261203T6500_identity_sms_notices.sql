-- Approvers may be told by text message that a request waits, which counts apart from codes.
alter table sms_sends drop constraint sms_sends_purpose_ck;
alter table sms_sends add constraint sms_sends_purpose_ck
  check (purpose in ('code', 'confirmation', 'test', 'notice'));
