-- Jobs are taken in turns over tenants: each tenant's own line, the oldest first. What belongs to no tenant has a line too.
alter table jobs add column lane uuid not null
  generated always as (coalesce(for_tenant, '00000000-0000-0000-0000-000000000000')) stored;
create index jobs_lane_ix on jobs (lane, run_at) where state in ('waiting', 'running');
drop index jobs_due_ix;
