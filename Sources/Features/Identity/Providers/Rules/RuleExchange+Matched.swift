import Kernel
import Postgres

// Which rules are whose.
extension RuleExchange {
    /// The rules that are meant, and whose conditions hold of whom, as members of a `with`: `rules`,
    /// `matched (user_id, rule_number)`, and `doubted` with the rules of which that is not known.
    func matched(_ who: SQL, of meant: SQL) -> SQL {
        let conditions = RuleConditions(provider.rules)
        return """
            rules as (
              select r.rule_number, r.directory_group, r.conditions, r.role_id, r.org_id, r.group_id
              from identity_provider_rules r
              where r.tenant_id = \(scope.tenant) and r.identity_provider_id = \(provider.id)
                and \(fragment: meant)
            ), needs as materialized (
              select r.rule_number, n.key, n.size
              from unnest(\(conditions.groups)::text[], \(conditions.written)::text[], \(conditions.keys)::text[],
                \(conditions.sizes)::int[]) as n (directory_group, conditions, key, size)
              join rules r on r.conditions = n.conditions::jsonb and r.directory_group is not distinct from n.directory_group
            ), rule_groups (key, folded) as (
              select n.key, substr(n.key, \(RuleConditions.prefix.count + 1)) collate "C" from (
                select distinct key from needs where key like \(RuleConditions.prefix + "%")) n
            ), \(fragment: who), \(fragment: doubted), matched as (
              select f.user_id, n.rule_number from facts f join needs n on n.key = f.key
              group by f.user_id, n.rule_number, n.size having count(*) = n.size
            )
            """
    }

    /// The rules of which every condition holds or is in doubt, and one is in doubt.
    private var doubted: SQL {
        guard !doubts.isEmpty else {
            return "doubted (user_id, rule_number) as (select null::uuid, null::int where false)"
        }
        return """
            doubted (user_id, rule_number) as (
              select p.user_id, n.rule_number from people p
              cross join needs n
              left join facts f on f.user_id = p.user_id and f.key = n.key
              where f.key is not null or n.key = any(\(doubts))
              group by p.user_id, n.rule_number, n.size having count(*) = n.size and count(f.key) < n.size
            )
            """
    }
}
