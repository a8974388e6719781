import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The question that every entrance asks before it takes the first step for enough, or a second factor for one that counts.
enum DemandFactors {
    static func demand(
        of user: UserID, at entrance: SignInEntrance, from address: String?, after: FirstStep, now: Date,
        in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> FactorDemand {
        try await FactorRuleStore.question(of: user, at: entrance, from: address, now: now, in: scope, tx)?.demand(
            after: after)
            ?? .required
    }

    /// The account as it stands under the tenant's rules.
    static func standing(
        of account: Account, at entrance: SignInEntrance, from address: String?, by provider: IdentityProviderID?,
        isBound: Bool = false, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Account {
        let question = try await FactorRuleStore.question(
            of: account.id, at: entrance, from: address, now: now, in: scope, tx)
        return account.under(question, by: provider, isBound: isBound)
    }

    /// Whether something counts that was shown, whichever of these the first step was.
    static func counts(
        _ factor: ProvenFactor, of account: Account, at entrance: SignInEntrance, from address: String?,
        after firsts: [FirstStep] = FirstStep.withoutKey, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let question = try await FactorRuleStore.question(
            of: account.id, at: entrance, from: address, now: now, in: scope, tx)
        guard let question else { return false }
        return firsts.allSatisfy { account.under(question.demand(after: $0)).standing.counts(factor) }
    }

    /// The same of somebody in the portal who confirms that it is them: what the rules leave out confirms nothing either.
    static func check(
        _ factor: ProvenFactor, of user: UserID, from address: String, now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        guard let account = try await AccountStore.lock(user, in: scope, tx),
            try await counts(factor, of: account, at: .web, from: address, now: now, in: scope, tx)
        else { throw IdentityError.factorNotCounted }
    }

    /// The same of somebody who lets themselves in elsewhere with it: it has to count there, where one is asked. Of what was
    /// shown to a program nobody knows the kind, so that it counts where any does.
    static func check(
        _ factor: ProvenFactor?, of user: UserID, before entrance: SignInEntrance, from address: String,
        now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard let account = try await AccountStore.lock(user, in: scope, tx),
            try await suffices(factor, of: account, before: entrance, from: address, now: now, in: scope, tx)
        else { throw IdentityError.factorNotCounted }
    }

    /// Whether that is enough there.
    static func suffices(
        _ factor: ProvenFactor?, of account: Account, before entrance: SignInEntrance, from address: String?,
        now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let question = try await FactorRuleStore.question(
            of: account.id, at: entrance, from: address, now: now, in: scope, tx)
        guard let question else { return false }
        return FirstStep.withoutKey.allSatisfy { after in
            let demand = question.demand(after: after)
            guard demand.isRequired else { return true }
            return factor.map(account.under(demand).standing.counts) ?? demand.counted.isEmpty
        }
    }
}

extension Account {
    /// As it stands where this is asked. What a link of the person's own stands for, nobody has said: all is demanded.
    func under(_ question: FactorQuestion?, by provider: IdentityProviderID?, isBound: Bool) -> Account {
        if isBound { return under(FirstStep.withoutKey.map { question?.demand(after: $0) ?? .required }) }
        return under(question?.demand(after: FirstStep(provider)) ?? .required)
    }

    /// Where all of this is demanded at once.
    fileprivate func under(_ demands: [FactorDemand]) -> Account {
        demands.reduce(self) { $0.under($1) }.under(
            FactorDemand(
                isRequired: demands.contains { $0.isRequired },
                counted: demands.map(\.counted).last { !$0.isEmpty } ?? [],
                mayRemember: demands.allSatisfy { $0.mayRemember }))
    }

    func under(_ demand: FactorDemand) -> Account {
        var account = self
        account.standing = standing.under(demand)
        return account
    }
}

/// Asks about somebody who has shown no second factor, in a browser or by a program's token, whether that is still enough.
struct GuardExemption {
    let database: Database
    let tenants: TenantSettings
    let entrance: SignInEntrance
    let address: String
    let now: Date

    func callAsFunction(
        _ user: UserID, _ exemption: SessionExemption, device: [UInt8]? = nil, in scope: TenantScope
    ) async throws -> Bool {
        let days = device == nil ? 0 : try await tenants.value(of: Setting.rememberDays, in: scope)
        return try await database.transaction(in: scope) { tx in
            let demand = try await DemandFactors.demand(
                of: user, at: entrance, from: address, after: exemption.after, now: now, in: scope, tx)
            guard demand.isRequired else { return true }
            guard exemption.isDevice, days > 0, demand.mayRemember, let device,
                let factor = try await RememberedDeviceStore.factor(
                    device, of: user, days: days, at: now, in: scope, tx)
            else { return false }
            return demand.counts(factor)
        }
    }
}
