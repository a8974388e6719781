-- Passwords that people had before, which must not come again so soon.
create table password_history (
  tenant_id uuid not null,
  user_id uuid not null,
  password_hash text not null,
  set_at timestamptz not null,
  constraint password_history_pk primary key (tenant_id, user_id, password_hash),
  constraint password_history_user_fk foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
comment on table password_history is 'Hashes of passwords that people had before the one in use, the last nine';
select gatehouse_protect('password_history');

-- When a password that was set then has to be changed; null for never. 3650 is the age that the setting starts with.
create function gatehouse_password_end(tenant uuid, organization uuid, since timestamptz)
  returns timestamptz language sql stable as $$
  select since + make_interval(days => nullif(least(
    coalesce((
      select (v.value #>> '{}')::int from tenant_setting_values v
      where v.tenant_id = tenant and v.key = 'password.max-age'), 3650),
    coalesce(case when organization <> tenant then (
      select (s.value #>> '{}')::int from gatehouse_setting(tenant, organization, 'password.max-age', 'lower', 0) s)
      end, 3650)), 3650))
$$;

alter table users add column password_told_at timestamptz;
comment on column users.password_told_at is 'When the person was told that this password runs out';
