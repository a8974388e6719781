-- What the provider decides for the whole installation.
create table provider_settings (
  name text not null,
  value jsonb not null,
  changed_at timestamptz not null default now(),
  constraint provider_settings_pk primary key (name)
);
comment on table provider_settings is 'Settings of the hosting provider, by name';

-- Companies that sign themselves up. What they say of themselves goes when it is decided.
create table sign_ups (
  sign_up_id uuid not null,
  company text not null,
  slug text not null,
  person text not null,
  email text not null,
  language text not null,
  token_hash bytea not null,
  state text not null default 'unconfirmed',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  decided_at timestamptz,
  decided_by text,
  reason text,
  made_tenant uuid,
  constraint sign_ups_pk primary key (sign_up_id),
  constraint sign_ups_token_uq unique (token_hash),
  constraint sign_ups_state_ck check (state in ('unconfirmed', 'waiting', 'approved', 'rejected')),
  constraint sign_ups_confirmed_ck check ((state = 'unconfirmed') = (confirmed_at is null)),
  constraint sign_ups_decided_ck check ((state in ('approved', 'rejected')) = (decided_at is not null))
);
comment on table sign_ups is 'Companies that sign themselves up, from the form to the tenant';
create index sign_ups_email_ix on sign_ups (email, created_at);
create index sign_ups_state_ix on sign_ups (state, created_at, sign_up_id);

do $$
declare name text;
begin
  foreach name in array array['provider_settings', 'sign_ups'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy provider_all on %I to gatehouse_provider using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to gatehouse_provider', name);
  end loop;
end
$$;
