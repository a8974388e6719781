-- When a seat of a request was handed over, and when somebody was put in copy, and by whom: until now only the trail knew.
-- What was done before stays untold.
create table ticket_moves (
  tenant_id uuid not null,
  ticket_id uuid not null,
  move_id uuid not null default gen_random_uuid(),
  kind text not null,
  level int,
  from_id uuid,
  to_id uuid not null,
  -- Null where nobody did it: the flow has people in copy.
  by_id uuid,
  moved_at timestamptz not null,
  constraint ticket_moves_pk primary key (tenant_id, ticket_id, move_id),
  constraint ticket_moves_ticket_fk foreign key (tenant_id, ticket_id) references tickets (tenant_id, ticket_id) on delete cascade,
  constraint ticket_moves_from_fk foreign key (tenant_id, from_id) references users (tenant_id, user_id) on delete cascade,
  constraint ticket_moves_to_fk foreign key (tenant_id, to_id) references users (tenant_id, user_id) on delete cascade,
  constraint ticket_moves_by_fk foreign key (tenant_id, by_id) references users (tenant_id, user_id) on delete cascade,
  constraint ticket_moves_kind_ck check (
    kind = 'copied' and level is null and from_id is null
    or kind = 'reassigned' and level is not null and from_id is not null and by_id is not null)
);
comment on table ticket_moves is 'Seats of requests that were handed over for good, and people who were put in copy';
select gatehouse_protect('ticket_moves');
