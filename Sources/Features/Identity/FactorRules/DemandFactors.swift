import FoundationEssentials
import Kernel
import Postgres

/// The question that every entrance asks before it takes the first step for enough, or a second factor for one that counts.
enum DemandFactors {
    static func demand(
        of user: UserID, at entrance: SignInEntrance, from address: String?, after: FirstStep, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> FactorDemand {
        guard
            let circumstances = try await FactorRuleStore.circumstances(
                of: user, at: entrance, from: address, after: after, in: scope, tx)
        else { return .required }
        return try await FactorRuleStore.find(in: scope, tx).demand(circumstances)
    }

    /// The account as it stands under the tenant's rules.
    static func standing(
        of account: Account, at entrance: SignInEntrance, from address: String?, by provider: IdentityProviderID?,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> Account {
        let demand = try await demand(
            of: account.id, at: entrance, from: address, after: FirstStep(provider), in: scope, tx)
        return account.under(demand)
    }

    /// Whether a rule asks for a code after a key at a gateway.
    static func asksAfterKey(
        of user: UserID, from address: String, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        guard
            let circumstances = try await FactorRuleStore.circumstances(
                of: user, at: .ssh, from: address, after: .password, in: scope, tx)
        else { return true }
        return try await FactorRuleStore.find(in: scope, tx).asksAfterKey(circumstances)
    }
}

extension Account {
    func under(_ demand: FactorDemand) -> Account {
        var account = self
        account.standing = standing.under(demand)
        return account
    }
}

/// Asks about a browser that has shown no second factor whether that is still enough.
struct GuardExemption {
    let database: Database

    func callAsFunction(
        _ user: UserID, _ exemption: SessionExemption, from address: String, in scope: TenantScope
    ) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            for after in exemption.after {
                let demand = try await DemandFactors.demand(
                    of: user, at: .web, from: address, after: after, in: scope, tx)
                guard !demand.isRequired || (exemption == .device && demand.mayRemember) else { return false }
            }
            return true
        }
    }
}
