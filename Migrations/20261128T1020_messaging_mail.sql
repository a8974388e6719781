-- Mails on their way. They hold links that are as good as passwords, so they are sealed, and emptied when they are over.
create table mails (
  tenant_id uuid not null,
  mail_id uuid not null,
  kind text not null,
  sealed bytea,
  state text not null default 'pending',
  attempts int not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint mails_pk primary key (tenant_id, mail_id),
  constraint mails_state_ck check (state in ('pending', 'sent', 'dead')),
  constraint mails_sealed_ck check ((state = 'pending') = (sealed is not null))
);
comment on table mails is
  'Mails to one recipient each, sealed by a key of the installation until they are sent or given up; the provider is tenant 0';
create index mails_finished_ix on mails (finished_at) where state <> 'pending';
select gatehouse_protect('mails');
select gatehouse_open('mails', 'gatehouse_system', 'select (tenant_id, mail_id, state, finished_at), delete');
create policy provider_mails on mails to gatehouse_provider
  using (tenant_id = '00000000-0000-0000-0000-000000000000')
  with check (tenant_id = '00000000-0000-0000-0000-000000000000');
grant select, insert, update on mails to gatehouse_provider;
