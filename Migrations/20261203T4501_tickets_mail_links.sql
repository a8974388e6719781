-- Links in mails that lead one approver to one decision.
create table ticket_mail_links (
  tenant_id uuid not null,
  token_hash bytea not null,
  ticket_id uuid not null,
  level int not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  constraint ticket_mail_links_pk primary key (tenant_id, token_hash),
  constraint ticket_mail_links_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_mail_links_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  constraint ticket_mail_links_token_ck check (octet_length(token_hash) = 32),
  constraint ticket_mail_links_level_ck check (level between 1 and 5)
);
comment on table ticket_mail_links is 'Links in mails that lead one approver to one decision, by the hash of their token; whoever opens one signs in as that person';
create index ticket_mail_links_ticket_ix on ticket_mail_links (tenant_id, ticket_id);
create index ticket_mail_links_user_ix on ticket_mail_links (tenant_id, user_id);
create index ticket_mail_links_expiry_ix on ticket_mail_links (expires_at);
select gatehouse_protect('ticket_mail_links');
select gatehouse_open('ticket_mail_links', 'gatehouse_system', 'select (expires_at), delete');
