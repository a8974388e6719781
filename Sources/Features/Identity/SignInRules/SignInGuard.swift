import FoundationEssentials
import Kernel
import Postgres

/// Somebody who has proven who they are, at a door and not yet inside.
struct SignInAttempt: Sendable {
    let user: UserID
    let login: String
    let name: String
    let entrance: SignInEntrance
    let address: String?
    let origin: SignInOrigin
    /// Tells this attempt from others of the same person: somebody's word is good for one of them.
    let key: String
    let now: Date
    let scope: TenantScope
}

/// The question that every entrance asks, once it is proven who somebody is and before there is a session: whether the
/// tenant's rules let them in here and now.
struct SignInGuard {
    let reviews: SignInReviews

    enum Verdict: Sendable {
        /// With the rule under which somebody agreed, if that was needed.
        case admitted(agreed: SignInRuleID?)
        case denied(SignInRefusal)
        /// Somebody has to agree, until then.
        case waits(TicketID, until: Date)
        /// Somebody was asked and said no.
        case rejected(SignInRefusal)
        /// The person has taken the question back.
        case withdrawn
    }

    func check(_ attempt: SignInAttempt, in tx: Transaction) async throws -> Verdict {
        let found = try await SignInRuleStore.find(in: attempt.scope, tx)
        let rules = found.rules
        guard rules.contains(where: \.enabled) else { return .admitted(agreed: nil) }
        let circumstances = try await SignInRuleStore.circumstances(
            of: attempt.user, from: attempt.address, at: attempt.now, in: attempt.scope, tx)
        guard let circumstances else { throw IdentityError.signInRefused }
        guard let rule = rules.deciding(circumstances), let id = rule.id else { return .admitted(agreed: nil) }
        switch rule.action {
        case .allow: return .admitted(agreed: nil)
        case .deny: return .denied(SignInRefusal(rule: rule, reason: .rule))
        case .notify:
            try await IdentityEvent.signInNoticed.publish(
                attempt.user.text, attempt.told(of: rule, id), at: attempt.now, in: attempt.scope, tx)
            return .admitted(agreed: nil)
        case .review:
            // Whoever changes rules takes back what was asked under the ones before: nobody asks under these any more.
            guard try await SignInRuleStore.hold(found, in: attempt.scope, tx) else {
                return try await check(attempt, in: tx)
            }
            return try await review(attempt, by: rule, id, in: tx)
        }
    }

    /// The same for a program that shows a token. It cannot wait for anybody: what it would have to wait for it is
    /// refused, unless somebody agreed to the very sign-in that the token came of. Nil lets it in.
    static func objection(
        to user: UserID, from address: String?, agreed: SignInRuleID?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> SignInRefusal? {
        let rules = try await SignInRuleStore.find(in: scope, tx).rules
        let circumstances = try await SignInRuleStore.circumstances(of: user, from: address, at: now, in: scope, tx)
        guard let circumstances else { throw IdentityError.signInRefused }
        guard let rule = rules.deciding(circumstances) else { return nil }
        switch rule.action {
        case .allow, .notify: return nil
        case .deny: return SignInRefusal(rule: rule, reason: .rule)
        case .review: return rule.id == agreed ? nil : SignInRefusal(rule: rule, reason: .review)
        }
    }

    private func review(
        _ attempt: SignInAttempt, by rule: SignInRule, _ id: SignInRuleID, in tx: Transaction
    ) async throws -> Verdict {
        let question = SignInReviews.Question(
            user: attempt.user, login: attempt.login, name: attempt.name, entrance: attempt.entrance,
            clientAddress: attempt.address, attempt: attempt.key, rule: id, ruleName: rule.name,
            asked: try await SignInRuleStore.people(rule.asked, in: attempt.scope, tx))
        return switch try await reviews.ask(question, attempt.now, attempt.scope, tx) {
        case .waits(let ticket, let end): .waits(ticket, until: end)
        case .approved: .admitted(agreed: id)
        case .rejected: .rejected(SignInRefusal(rule: rule, reason: .review))
        case .withdrawn: .withdrawn
        case .crowded: .denied(SignInRefusal(rule: rule, reason: .crowded))
        case .nobody: .denied(SignInRefusal(rule: rule, reason: .nobody))
        }
    }
}

extension SignInAttempt {
    /// What events say about it.
    fileprivate func told(of rule: SignInRule, _ id: SignInRuleID) -> JSON {
        [
            "user": .string(user.text), "login": .string(login), "name": .string(name),
            "entrance": .string(entrance.rawValue), "clientAddress": address.map(JSON.string) ?? .null,
            "rule": .string(id.text), "ruleName": .string(rule.name),
        ]
    }
}

/// A rule that keeps somebody out, and how. Whoever is refused is told nothing of it.
struct SignInRefusal: Sendable {
    enum Reason: String, Sendable {
        case rule = "sign-in-rule"
        /// Nobody has agreed.
        case review = "sign-in-review"
        /// So many wait already that nobody was asked.
        case crowded = "sign-in-review-crowded"
        /// None of those whom the rule asks can answer.
        case nobody = "sign-in-review-unanswerable"
    }

    let rule: SignInRule
    let reason: Reason

    /// What the trail says of it.
    var details: [JSON.Member] {
        [JSON.Member("reason", .string(reason.rawValue)), JSON.Member("rule", .string(rule.name))]
    }
}
