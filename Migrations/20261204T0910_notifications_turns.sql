-- Announcements are told in turns of tenants, which are found by hopping from one to the next.
drop index announcements_due_ix;
create index announcements_due_ix on announcements (tenant_id, due_at) where due_at is not null;
