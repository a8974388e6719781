-- A key is a first step like a password: rules and the level decide what is asked after it. What companies had said about
-- keys before is said by their rules from here on, and by nothing weaker.

-- The owner is held by row-level security too.
alter table tenant_setting_values no force row level security;
alter table tenant_factor_rules no force row level security;

-- Rules that name passwords meant keys, too. Where a code was asked for after every key, those that ask go on to, and those that
-- let somebody off mean no key.
update tenant_factor_rules f
set rules = (
  select coalesce(jsonb_agg(
    case
      when rule -> 'after' ? 'password' and (rule ->> 'action' = 'require' or not asked.always)
        then jsonb_set(rule, '{after}', (rule -> 'after') || '["key"]')
      when rule ->> 'action' = 'skip' and asked.always and jsonb_array_length(coalesce(rule -> 'after', '[]')) = 0
        then jsonb_set(rule, '{after}', '["password", "provider"]')
      else rule
    end order by place), '[]')
  from jsonb_array_elements(f.rules) with ordinality as r (rule, place))
  || case when asked.always then jsonb_build_array(jsonb_build_object(
      'name', 'After an SSH key', 'enabled', true, 'everyone', true, 'who', '[]'::jsonb,
      'entrances', '["ssh"]'::jsonb, 'sources', '[]'::jsonb, 'after', '["key"]'::jsonb, 'action', 'require',
      'factors', '[]'::jsonb, 'always', false)) else '[]' end,
  version = f.version + 1, changed_at = now()
from (
  select r.tenant_id, exists (
    select from tenant_setting_values v
    where v.tenant_id = r.tenant_id and v.key = 'ssh.key-and-code' and v.value = 'true') as always
  from tenant_factor_rules r) asked
where asked.tenant_id = f.tenant_id;

-- Where there are no rules of one's own, everybody is asked.
delete from tenant_setting_values where key = 'ssh.key-and-code';

alter table tenant_factor_rules force row level security;
alter table tenant_setting_values force row level security;
