-- People choose in which chat they are told of what.
alter table notice_deliveries drop constraint notice_deliveries_channel_ck,
  add constraint notice_deliveries_channel_ck
    check (channel in ('mail', 'messenger', 'sms', 'feishu', 'lark', 'slack', 'dingtalk', 'wecom'));
alter table notice_subscriptions drop constraint notice_subscriptions_channel_ck,
  add constraint notice_subscriptions_channel_ck
    check (channel in ('site', 'mail', 'messenger', 'sms', 'feishu', 'lark', 'slack', 'dingtalk', 'wecom'));
alter table notice_defaults drop constraint notice_defaults_channel_ck,
  add constraint notice_defaults_channel_ck
    check (channel in ('site', 'mail', 'messenger', 'sms', 'feishu', 'lark', 'slack', 'dingtalk', 'wecom'));
