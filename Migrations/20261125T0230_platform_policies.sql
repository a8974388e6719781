-- The tenant as an initial plan: read once per statement, not once for each row or each start of a sub-select.

create or replace function gatehouse_protect(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_isolation on %s to gatehouse_app'
    ' using (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))'
    ' with check (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))', target);
  execute format('grant select, insert, update, delete on %s to gatehouse_app', target);
end
$$;

do $$
declare
  target regclass;
begin
  for target in select polrelid::regclass from pg_policy where polname = 'tenant_isolation' loop
    execute format(
      'alter policy tenant_isolation on %s'
      ' using (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))'
      ' with check (tenant_id = (select current_setting(''gatehouse.tenant'')::uuid))', target);
  end loop;
end
$$;

-- Labels are read from the index alone.
drop index asset_labels_asset_ix;
create index asset_labels_asset_ix on asset_labels (tenant_id, asset_id, key, value);
