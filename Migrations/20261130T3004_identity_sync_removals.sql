-- So many roles and group memberships somebody has agreed to lose, as may_disable is about people.
alter table identity_sync_runs add column may_remove int;
alter table identity_sync_runs add constraint identity_sync_runs_may_remove_ck check (may_remove >= 0);
