-- What was opened and what was refused at gateways, for those who ask what another policy would have said.
create view session_openings with (security_invoker = true) as
  select tenant_id, user_id, asset_id, account_name, protocol, created_at from sessions;
grant select on session_openings to gatehouse_app;

create view refused_openings with (security_invoker = true) as
  select tenant_id, at, actor_id, target_name, details -> 'reasons' as reasons from audit_events
  where action = 'session.granted' and outcome = 'refused' and actor_kind = 'user';
grant select on refused_openings to gatehouse_app;
