-- Numbers that somebody is about to confirm are counted apart: they may be anybody's.
alter table sms_sends drop constraint sms_sends_purpose_ck;
alter table sms_sends add constraint sms_sends_purpose_ck check (purpose in ('code', 'confirmation', 'test'));
