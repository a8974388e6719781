-- A provider may say until when its session lasts, and ours that follows from it lasts no longer.
alter table identity_sessions add column ends_at timestamptz;
comment on column identity_sessions.ends_at is 'Until when the session at the provider lasts; null if it did not say';
