-- People come by tens of thousands from a directory, and each reference that is checked and each trigger that is called for
-- one of them counts. A user's organization is of the tenant, and the organization refers to the tenant: the second check of
-- the same is not needed. The triggers are called only where there is something for them to fill in.
alter table users drop constraint users_tenant_fk;

drop trigger users_settle on users;
create trigger users_settle before insert on users
  for each row when (new.org_id is null) execute function gatehouse_settle();

drop trigger role_bindings_settle on role_bindings;
create trigger role_bindings_settle before insert on role_bindings
  for each row when (new.org_id is null) execute function gatehouse_settle();
