-- A token counts from its addresses, as an access key does.
alter table api_tokens add column sources text[] not null default '{}';
alter table api_tokens add constraint api_tokens_sources_ck check (cardinality(sources) <= 50);
comment on column api_tokens.sources is 'From where it may be used: addresses, networks and ranges; empty for anywhere';
