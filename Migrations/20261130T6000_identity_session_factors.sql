-- What a browser confirms for another entrance counts there only if what was shown in it does.
alter table web_sessions add column second_factor_by text;
alter table web_sessions add constraint web_sessions_second_factor_by_ck
  check (second_factor_by in ('authenticator', 'passkey', 'email', 'recovery', 'provider'));
comment on column web_sessions.second_factor_by is 'What was shown last; null if nothing was, or before this was kept';
