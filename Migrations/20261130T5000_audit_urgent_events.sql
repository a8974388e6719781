-- What takes something away waits for nothing else. Everything else of a tenant stands in one line. Either is found without
-- going through what others have, however much.
alter table events add column urgent boolean not null default false;
comment on column events.urgent is 'Takes something away from somebody: it waits for no other event, and comes in no order with others';
drop index events_pending_ix;
drop index events_pending_tenant_ix;
create index events_pending_ix on events (tenant_id, sequence)
  where not urgent and dispatched_at is null and dead_at is null;
create index events_urgent_ix on events (tenant_id, sequence)
  where urgent and dispatched_at is null and dead_at is null;

-- A reference checked for each row that a sync reads took longer than to add the row: whether the run is there is asked
-- once for each page, and a run that goes takes its rows along.
alter table identity_sync_entries drop constraint identity_sync_entries_run_fk;
alter table identity_sync_edges drop constraint identity_sync_edges_run_fk;
create function identity_sync_runs_gone() returns trigger language plpgsql as $$
begin
  delete from identity_sync_entries e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  delete from identity_sync_edges e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  return null;
end $$;
create trigger identity_sync_runs_gone after delete on identity_sync_runs
  referencing old table as gone for each statement execute function identity_sync_runs_gone();
