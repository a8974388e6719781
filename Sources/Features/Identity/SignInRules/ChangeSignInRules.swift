import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Shows a tenant's sign-in rules and puts others in their place.
struct ChangeSignInRules {
    let database: Database
    let reviews: SignInReviews

    func show(in scope: TenantScope) async throws -> SignInRules {
        try await database.transaction(in: scope) { tx in
            try await named(try await SignInRuleStore.find(in: scope, tx), in: scope, tx)
        }
    }

    /// `request` is the one who changes them: nobody shuts themselves out by a slip.
    func set(
        _ rules: [SignInRule], from version: Int, _ request: RequestFacts, _ acting: Acting
    ) async throws -> SignInRules {
        try await database.transaction(in: acting.scope) { tx in
            let before = try await SignInRuleStore.lock(in: acting.scope, tx)
            guard before.version == version else { throw IdentityError.changed }
            let rules = try await checked(rules, known: Set(before.rules.compactMap(\.id)), acting, tx)
            guard try await SignInRuleStore.set(rules, from: version, at: acting.now, in: acting.scope, tx) else {
                throw IdentityError.changed
            }
            let circumstances = try await SignInRuleStore.circumstances(
                of: acting.user, from: request.clientAddress, at: acting.now, in: acting.scope, tx)
            if let circumstances, let rule = rules.deciding(circumstances),
                try await !mayAdmit(acting.user, by: rule, acting, tx)
            {
                throw IdentityError.wouldLockYouOut
            }
            let asked = before.asked.filter { id, asked in rules.first { $0.id == id }?.askedForReview != asked }
            if !asked.isEmpty { try await reviews.void(Set(asked.keys), acting.now, acting.scope, tx) }
            try await reviews.stir(acting.scope, tx)
            acting.audit.detail("rules", .array(rules.map { .string("\($0.action.rawValue): \($0.name)") }))
            try await acting.audit.write(in: tx)
            return try await named(SignInRules(rules: rules, version: version + 1), in: acting.scope, tx)
        }
    }

    /// Whether somebody may come in by a rule, be it that others have to agree. Where nobody else can, they are kept out at
    /// once.
    private func mayAdmit(
        _ user: UserID, by rule: SignInRule, _ acting: Acting, _ tx: Transaction
    ) async throws -> Bool {
        switch rule.action {
        case .allow, .notify: true
        case .deny: false
        case .review:
            try await reviews.canAnswer(
                try await SignInRuleStore.people(rule.asked, in: acting.scope, tx), user, acting.now, acting.scope, tx)
        }
    }

    /// Everybody that rules name is there, and rules that say they are old are.
    private func checked(
        _ rules: [SignInRule], known: Set<SignInRuleID>, _ acting: Acting, _ tx: Transaction
    ) async throws -> [SignInRule] {
        let names = try await SignInRuleStore.names(
            of: rules.flatMap { $0.who + $0.asked }, in: acting.scope, tx)
        var errors: [FieldError] = []
        var seen: Set<SignInRuleID> = []
        let checked = rules.enumerated().map { index, rule -> SignInRule in
            errors += rule.who.errors(unless: names, at: "/rules/\(index)/who")
            errors += rule.asked.errors(unless: names, at: "/rules/\(index)/asked")
            if let id = rule.id, !known.contains(id) || !seen.insert(id).inserted {
                errors.append(
                    FieldError(pointer: "/rules/\(index)/id", message: "is not the id of another rule that is there"))
            }
            var kept = rule
            kept.id = rule.id ?? .new(at: acting.now)
            kept.who = rule.who.bare
            kept.asked = rule.asked.bare
            return kept
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        return checked
    }

    private func named(_ rules: SignInRules, in scope: TenantScope, _ tx: Transaction) async throws -> SignInRules {
        let names = try await SignInRuleStore.names(of: rules.rules.flatMap { $0.who + $0.asked }, in: scope, tx)
        var rules = rules
        for index in rules.rules.indices {
            rules.rules[index].who = rules.rules[index].who.named(by: names)
            rules.rules[index].asked = rules.rules[index].asked.named(by: names)
        }
        return rules
    }
}

extension SignInRules {
    /// Whom each rule asks to agree.
    fileprivate var asked: [SignInRuleID: Set<PeopleReference>] {
        var asked: [SignInRuleID: Set<PeopleReference>] = [:]
        for rule in rules { if let id = rule.id { asked[id] = rule.askedForReview } }
        return asked
    }
}

extension SignInRule {
    /// Nil for a rule that asks nobody to agree.
    fileprivate var askedForReview: Set<PeopleReference>? { action == .review ? Set(asked.bare) : nil }
}
