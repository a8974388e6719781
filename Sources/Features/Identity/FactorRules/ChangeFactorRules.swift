import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Shows of whom a second factor is asked, and puts other rules in their place.
struct ChangeFactorRules {
    let database: Database

    func show(in scope: TenantScope) async throws -> FactorRules {
        try await database.transaction(in: scope) { tx in
            try await named(try await FactorRuleStore.find(in: scope, tx), in: scope, tx)
        }
    }

    /// `request` is the one who changes them: nobody shuts themselves out by a slip.
    func set(
        _ body: SetFactorRules, from version: Int, _ request: RequestFacts, _ acting: Acting
    ) async throws -> FactorRules {
        try await database.transaction(in: acting.scope) { tx in
            let before = try await FactorRuleStore.lock(in: acting.scope, tx)
            guard before.version == version else { throw IdentityError.changed }
            let rules = try await checked(body.rules, in: acting.scope, tx)
            let next = SetFactorRules(level: body.level, rules: rules)
            guard try await FactorRuleStore.set(next, from: version, at: acting.now, in: acting.scope, tx) else {
                throw IdentityError.changed
            }
            try await mayStillComeIn(request, acting, tx)
            acting.audit.detail("level", .string(body.level.rawValue))
            acting.audit.detail("rules", .array(rules.map { .string("\($0.action.rawValue): \($0.name)") }))
            try await acting.audit.write(in: tx)
            return try await named(
                FactorRules(level: body.level, rules: rules, version: version + 1), in: acting.scope, tx)
        }
    }

    /// Under the rules as they are now: with something that counts, or that can be set up.
    private func mayStillComeIn(_ request: RequestFacts, _ acting: Acting, _ tx: Transaction) async throws {
        guard let account = try await AccountStore.lock(acting.user, in: acting.scope, tx) else { return }
        let standing = try await DemandFactors.standing(
            of: account, at: .web, from: request.clientAddress, by: nil, now: acting.now, in: acting.scope, tx
        ).standing
        guard standing.isExempt || standing.hasSecondFactor || !standing.enrollable.isEmpty else {
            throw IdentityError.wouldLockYouOut
        }
    }

    /// Everybody that rules name is there.
    private func checked(
        _ rules: [FactorRule], in scope: TenantScope, _ tx: Transaction
    ) async throws -> [FactorRule] {
        let names = try await SignInRuleStore.names(of: rules.flatMap(\.who), in: scope, tx)
        var errors: [FieldError] = []
        let checked = rules.enumerated().map { index, rule -> FactorRule in
            errors += rule.who.errors(unless: names, at: "/rules/\(index)/who")
            var kept = rule
            kept.who = rule.who.bare
            return kept
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        return checked
    }

    private func named(_ rules: FactorRules, in scope: TenantScope, _ tx: Transaction) async throws -> FactorRules {
        let names = try await SignInRuleStore.names(of: rules.rules.flatMap(\.who), in: scope, tx)
        var rules = rules
        for index in rules.rules.indices {
            rules.rules[index].who = rules.rules[index].who.named(by: names)
        }
        return rules
    }
}
