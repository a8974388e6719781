-- A key of somebody whom a provider knows counts only for some days after they came in by it, or by a password of their own
-- here; also where the provider is switched off meanwhile.
alter table users add column password_signed_in_at timestamptz;
comment on column users.password_signed_in_at is 'When the person last came in by their password here, with all that was asked besides';
-- The owner is held by row-level security too. What the last sign-in was by, nobody has written down.
alter table users no force row level security;
update users set password_signed_in_at = last_sign_in_at where password_hash is not null and last_sign_in_at is not null;
alter table users force row level security;
