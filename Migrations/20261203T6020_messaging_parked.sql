-- What waits for an endpoint that is disabled is out of the way of what is looked through for something to send.
alter table webhook_deliveries
  add column parked boolean not null default false,
  add column left_out int,
  add column left_out_on date,
  add constraint webhook_deliveries_left_out_ck check ((left_out is null) = (left_out_on is null));
comment on column webhook_deliveries.parked is 'Its endpoint is disabled: nothing is sent until it is enabled again';
comment on column webhook_deliveries.left_out is 'How many deliveries of that day it stands for, itself among them, that the plan did not allow';
create unique index webhook_deliveries_left_out_uq on webhook_deliveries (tenant_id, webhook_id, left_out_on)
  where left_out_on is not null;
-- The owner is held by row-level security too.
alter table webhook_deliveries no force row level security;
alter table webhooks no force row level security;
update webhook_deliveries d set parked = true from webhooks w
where w.tenant_id = d.tenant_id and w.webhook_id = d.webhook_id and w.state = 'disabled' and d.state = 'pending';
alter table webhook_deliveries force row level security;
alter table webhooks force row level security;

create function webhooks_park() returns trigger language plpgsql as $$
begin
  update webhook_deliveries set parked = new.state = 'disabled'
  where tenant_id = new.tenant_id and webhook_id = new.webhook_id and state = 'pending';
  return null;
end
$$;
create trigger webhooks_park after update of state on webhooks for each row
  when (old.state is distinct from new.state) execute function webhooks_park();

drop index webhook_deliveries_due_ix;
create index webhook_deliveries_due_ix on webhook_deliveries (tenant_id, webhook_id, next_attempt_at)
  where state = 'pending' and not parked;
grant select (parked) on webhook_deliveries to gatehouse_system;
