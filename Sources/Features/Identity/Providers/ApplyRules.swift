import Kernel
import Postgres

/// Gives somebody who comes in what the provider's rules say, and takes back what rules gave before and no longer say.
struct ApplyRules {
    let exchange: RuleExchange
    let user: UserID

    private var scope: TenantScope { exchange.scope }

    func callAsFunction(_ groups: [String], in tx: Transaction) async throws {
        // Whoever may lose the administrators' role comes after others who may.
        if try await IdentityLinkStore.hasRoles(user, by: exchange.provider.id, in: scope, tx) {
            try await RoleStore.holdAdministrators(in: scope, tx)
        }
        let changes = try await exchange(who(Array(Set(groups.map(GroupRules.folded)))), tx)
        let spared = try await exchange.keepAdministrator(changes, tx)
        try await exchange.tellRoles(changes, sparing: spared, tx)
        try await exchange.tellGroups(changes, tx)
    }

    private func who(_ groups: [String]) -> SQL {
        """
        people (user_id) as (select \(user)::uuid), wanted as materialized (
          select distinct p.user_id, r.role_id, r.group_id from people p join rules r on r.folded = any(\(groups)::text[])
        )
        """
    }
}
