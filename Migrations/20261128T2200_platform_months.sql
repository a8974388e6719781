-- The tables that grow have a part for each month: its indexes stay small, and an old month can be dropped whole. Parts are
-- made before their month comes, when there is no row to move. What comes for a month without a part goes to the default
-- part, where it is found as well. The owner calls it (`gatehouse migrate`); the server's role runs no DDL.
create function gatehouse_attach_months(parent text, ahead int) returns setof text
language plpgsql
set search_path = public, pg_temp
set timezone = 'UTC'
-- Less than `deadlock_timeout`: whoever writes meanwhile is never the one that is given up.
set lock_timeout = '500ms'
as $$
declare
  start timestamptz;
  part text;
begin
  if parent not in ('audit_events', 'commands', 'usage_events') or ahead not between 0 and 24 then
    raise exception '% is not kept by the month, or % months are too many', parent, ahead
      using errcode = 'invalid_parameter_value';
  end if;
  -- Of several who begin at once, one makes them.
  perform pg_advisory_xact_lock(hashtextextended('gatehouse_attach_months ' || parent, 0));
  for month in 0..ahead loop
    start := date_trunc('month', now()) + make_interval(months => month);
    part := parent || to_char(start, '_YYYY_MM');
    continue when to_regclass(part) is not null;
    begin
      execute format('create table %I (like %I including defaults including constraints)', part, parent);
      execute format('alter table %I enable row level security', part);
      execute format('alter table %I force row level security', part);
      execute format(
        'alter table %I attach partition %I for values from (%L) to (%L)', parent, part, start,
        start + interval '1 month');
      return next part;
    exception when check_violation then
      -- The default part has rows of that month; it keeps the month.
      null;
    end;
  end loop;
end
$$;
revoke execute on function gatehouse_attach_months(text, int) from public;
