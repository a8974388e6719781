create table cas_tickets (
  tenant_id uuid not null,
  identity_provider_id uuid not null,
  ticket_hash bytea not null,
  expires_at timestamptz not null,
  constraint cas_tickets_pk primary key (tenant_id, identity_provider_id, ticket_hash),
  constraint cas_tickets_provider_fk foreign key (tenant_id, identity_provider_id)
    references identity_providers (tenant_id, identity_provider_id) on delete cascade,
  constraint cas_tickets_hash_ck check (octet_length(ticket_hash) = 32)
);
comment on table cas_tickets is 'Tickets that a browser brought from a CAS server: none counts twice here, whatever the server says to it';
create index cas_tickets_expiry_ix on cas_tickets (tenant_id, expires_at);
select gatehouse_protect('cas_tickets');
select gatehouse_open('cas_tickets', 'gatehouse_system', 'select (tenant_id, expires_at), delete');

-- A CAS server names a session by nothing but its ticket.
create index identity_sessions_session_ix on identity_sessions (tenant_id, identity_provider_id, session_hash)
  where session_hash is not null;
