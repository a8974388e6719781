-- Keys can be switched off, as access keys can: whoever is shut out has none that opens anything when they come back.
alter table ssh_keys add column disabled_at timestamptz;
alter table ssh_keys add column end_told_at timestamptz;
comment on column ssh_keys.disabled_at is 'Since when it opens nothing; its person switches it on again';
comment on column ssh_keys.end_told_at is 'When its person was told that it ends soon';
