-- Groups of a directory that are groups here, kept by the provider: nobody changes them by hand. One that the directory has no
-- more stays, with what it was granted and nobody in it, until it is back or somebody removes it.
alter table groups add column identity_provider_id uuid;
alter table groups add column directory_id text collate "C";
alter table groups add column left_at timestamptz;
alter table groups add constraint groups_provider_fk foreign key (tenant_id, identity_provider_id)
  references identity_providers (tenant_id, identity_provider_id) on delete set null (identity_provider_id);
create unique index groups_directory_uq on groups (tenant_id, identity_provider_id, directory_id)
  where identity_provider_id is not null;
comment on column groups.identity_provider_id is 'The provider that says how the group is called and who is in it; null for one kept by hand';
comment on column groups.directory_id is 'What tells the group from others in the directory, and stays when it is renamed';
comment on column groups.left_at is 'Since when the directory has the group no more';

alter table identity_syncs add column imports_groups boolean not null default false;
alter table identity_syncs add column group_filter text;

create unlogged table identity_sync_groups (
  tenant_id uuid not null,
  identity_sync_run_id uuid not null,
  attempt int not null,
  subject text collate "C" not null,
  dn text collate "C" not null,
  name text collate "C",
  group_id uuid not null,
  is_known boolean not null default false,
  verdict text,
  constraint identity_sync_groups_pk primary key (tenant_id, identity_sync_run_id, attempt, subject)
);
comment on table identity_sync_groups is 'Groups as the provider has them, while a run lasts; group_id is that of the group here, or of one to be made';
select gatehouse_protect('identity_sync_groups');

create or replace function identity_sync_runs_gone() returns trigger language plpgsql as $$
begin
  delete from identity_sync_entries e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  delete from identity_sync_edges e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  delete from identity_sync_groups e using gone g
  where e.tenant_id = g.tenant_id and e.identity_sync_run_id = g.identity_sync_run_id;
  return null;
end $$;
