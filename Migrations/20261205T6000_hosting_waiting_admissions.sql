-- Whoever waits at a gateway for somebody's word about their sign-in is told through the worker's event stream, so it has to be
-- known what each of them waits for. One that waited before this did is looked at by the worker's next question.
alter table admissions add column ticket_id uuid;
alter table admissions add constraint admissions_ticket_ck check (ticket_id is null or stage = 'waiting');
comment on column admissions.ticket_id is 'The review that somebody waits for';
create index admissions_waiting_ix on admissions (tenant_id, ticket_id) where stage = 'waiting';
grant select (stage, ticket_id) on admissions to gatehouse_system;
