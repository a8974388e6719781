-- Companies have rooms told, in which many read along: once of each occasion, whoever else is told of it.
alter table notice_deliveries drop constraint notice_deliveries_channel_ck,
  add constraint notice_deliveries_channel_ck
    check (channel in ('mail', 'messenger', 'sms', 'feishu', 'lark', 'slack', 'dingtalk', 'wecom', 'teams'));
alter table notice_defaults drop constraint notice_defaults_channel_ck,
  add constraint notice_defaults_channel_ck
    check (channel in ('site', 'mail', 'messenger', 'sms', 'feishu', 'lark', 'slack', 'dingtalk', 'wecom', 'teams'));
create unique index notice_deliveries_room_uq on notice_deliveries (tenant_id, channel, occasion) where channel = 'teams';
