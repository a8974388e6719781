-- Who bills reads what was used, and not by whom or in which session.
revoke select on usage_events from gatehouse_provider;
grant select (tenant_id, at, meter, quantity, received_at) on usage_events to gatehouse_provider;
