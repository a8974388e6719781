import Kernel
import Postgres

/// Gives somebody who comes in what the provider's rules say, and takes back what rules gave before and no longer say. Where
/// the provider did not say all, what rules gave by the rest is left as it is.
struct ApplyRules {
    let exchange: RuleExchange
    let user: UserID
    /// Whether the administrators' role is held.
    let isHeld: Bool

    private var scope: TenantScope { exchange.scope }

    func callAsFunction(_ profile: ProviderProfile, in tx: Transaction) async throws {
        // Somebody may have been given some since it was looked at.
        if !isHeld, try await IdentityLinkStore.hasRoles(user, by: exchange.provider.id, in: scope, tx) {
            try await RoleStore.holdAdministrators(in: scope, tx)
        }
        let provider = exchange.provider
        let reader = RuleReader(provider.rules, foldsCase: provider.settings.foldsCase)
        var exchange = exchange
        exchange.doubts = reader.doubts(about: profile).sorted()
        let changes = try await exchange(who(reader.keys(of: profile).sorted()), tx)
        let spared = try await exchange.keepAdministrator(changes, tx)
        try await exchange.tellRoles(changes, sparing: spared, tx)
        try await exchange.tellGroups(changes, tx)
    }

    private func who(_ keys: [String]) -> SQL {
        """
        people (user_id) as (select \(user)::uuid), facts (user_id, key) as (
          select p.user_id, k.key from people p, unnest(\(keys)::text[]) as k (key)
        )
        """
    }
}
