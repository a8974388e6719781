-- Who is deleted takes the moves that name them along: without these each deletion read all moves of all requests.
create index ticket_moves_from_ix on ticket_moves (tenant_id, from_id) where from_id is not null;
create index ticket_moves_to_ix on ticket_moves (tenant_id, to_id);
create index ticket_moves_by_ix on ticket_moves (tenant_id, by_id) where by_id is not null;
