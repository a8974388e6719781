-- The life of a tenant: a trial that ends, a grace period before a deletion that cannot be taken back.

alter table tenants
  add column trial_ends_at timestamptz,
  add column grace_ends_at timestamptz,
  add column closed_from text,
  add column closed_by text,
  add constraint tenants_trial_ck check (state <> 'trial' or trial_ends_at is not null),
  add constraint tenants_closing_ck check (
    (state in ('closing', 'deleted')) = (grace_ends_at is not null)
    and (state in ('closing', 'deleted')) = (closed_from is not null)
  ),
  add constraint tenants_closed_from_ck check (closed_from in ('trial', 'active', 'suspended'));
comment on column tenants.closed_from is 'The state that comes back if the closing is cancelled';
comment on column tenants.closed_by is 'Who of the provider closed it last';
create index tenants_trial_ix on tenants (trial_ends_at) where state = 'trial';
create index tenants_closing_ix on tenants (grace_ends_at) where state = 'closing';

-- What other features may read.
create or replace view tenant_settings with (security_invoker = true) as
  select tenant_id, slug, name, state, time_zone, language, trial_ends_at, grace_ends_at from tenants;
