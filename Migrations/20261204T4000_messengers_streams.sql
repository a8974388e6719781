-- Connections over which vendors tell clicks: one for each channel that wants it, held by one server at a time.
create table messenger_streams (
  tenant_id uuid not null,
  channel_id uuid not null,
  revision int not null,
  holder text,
  held_until timestamptz,
  connected_at timestamptz,
  attempts int not null default 0,
  retry_at timestamptz not null,
  problem text,
  detail text,
  failed_at timestamptz,
  constraint messenger_streams_pk primary key (tenant_id, channel_id),
  constraint messenger_streams_channel_fk foreign key (tenant_id, channel_id)
    references messenger_channels (tenant_id, channel_id) on delete cascade,
  constraint messenger_streams_problem_ck
    check (problem in ('refused', 'closed', 'unreachable', 'broken', 'busy'))
);
comment on table messenger_streams is 'Channels that a server holds a connection for; there is a row while one is wanted';
comment on column messenger_streams.revision is 'The version of the channel that is meant: another one is another connection';
comment on column messenger_streams.holder is 'The server that has it, until held_until unless it says so again';
comment on column messenger_streams.attempts is 'How often it went wrong without having lasted, by which the next one waits';
create index messenger_streams_retry_ix on messenger_streams (retry_at);
create index messenger_streams_holder_ix on messenger_streams (holder) where holder is not null;
select gatehouse_protect('messenger_streams');
select gatehouse_open('messenger_streams', 'gatehouse_system',
  'select (tenant_id, channel_id, revision, holder, held_until, attempts, retry_at), update (holder, held_until)');
