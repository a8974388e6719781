import Kernel
import Postgres

/// Gives people what the provider's rules say about the provisioned groups that they are in, and takes back what they gave
/// before.
struct SettleProvisioned {
    let exchange: RuleExchange

    private var provider: IdentityProviderID { exchange.provider.id }
    private var scope: TenantScope { exchange.scope }

    /// For these people, or for all of the provider's if nil.
    func callAsFunction(_ people: [UserID]?, _ tx: Transaction) async throws {
        if let people, people.isEmpty { return }
        let changes = try await exchange(who(people), tx)
        let spared = try await exchange.keepAdministrator(changes, tx)
        try await exchange.tellRoles(changes, sparing: spared, tx)
        try await exchange.tellGroups(changes, tx)
    }

    private func who(_ people: [UserID]?) -> SQL {
        """
        people as (
          select p.user_id, p.facts from provisioned_users p
          where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider)
            and (\(people)::uuid[] is null or p.user_id = any(\(people)))
        ), facts (user_id, key) as materialized (
          select distinct m.user_id, n.key from people p
          join provisioned_members m on m.tenant_id = \(scope.tenant) and m.identity_provider_id = \(provider)
            and m.user_id = p.user_id
          join provisioned_groups g on g.tenant_id = m.tenant_id and g.provisioned_group_id = m.provisioned_group_id
          join rule_groups n on n.folded = g.folded_name or n.folded = g.folded_external
          union all
          select p.user_id, jsonb_array_elements_text(p.facts) from people p where p.facts is not null
        )
        """
    }
}
