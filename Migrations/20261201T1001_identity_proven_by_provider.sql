-- Who waits at a terminal need not change a password only if a provider proved them in the browser that let them in.
alter table web_sessions add column by_provider boolean not null default false;
comment on column web_sessions.by_provider is 'Whether an identity provider proved the person when the browser came in';
alter table device_links add column by_provider boolean not null default false;
