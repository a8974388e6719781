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
        case denied(SignInRule)
        /// Somebody has to agree, until then.
        case waits(TicketID, until: Date)
        /// Somebody was asked and said no.
        case rejected(SignInRule)
        /// The person has taken the question back.
        case withdrawn
    }

    func check(_ attempt: SignInAttempt, in tx: Transaction) async throws -> Verdict {
        let rules = try await SignInRuleStore.find(in: attempt.scope, tx).rules
        guard rules.contains(where: \.enabled) else { return .admitted(agreed: nil) }
        let circumstances = try await SignInRuleStore.circumstances(
            of: attempt.user, from: attempt.address, at: attempt.now, in: attempt.scope, tx)
        guard let circumstances else { throw IdentityError.signInRefused }
        guard let rule = rules.deciding(circumstances), let id = rule.id else { return .admitted(agreed: nil) }
        switch rule.action {
        case .allow: return .admitted(agreed: nil)
        case .deny: return .denied(rule)
        case .notify:
            try await IdentityEvent.signInNoticed.publish(
                attempt.user.text, attempt.told(of: rule, id), at: attempt.now, in: attempt.scope, tx)
            return .admitted(agreed: nil)
        case .review: return try await review(attempt, by: rule, id, in: tx)
        }
    }

    /// The same for a program that shows a token. It cannot wait for anybody: what it would have to wait for it is
    /// refused, unless somebody agreed to the very sign-in that the token came of. Nil lets it in.
    static func objection(
        to user: UserID, from address: String?, agreed: SignInRuleID?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> SignInRule? {
        let rules = try await SignInRuleStore.find(in: scope, tx).rules
        let circumstances = try await SignInRuleStore.circumstances(of: user, from: address, at: now, in: scope, tx)
        guard let circumstances else { throw IdentityError.signInRefused }
        guard let rule = rules.deciding(circumstances) else { return nil }
        switch rule.action {
        case .allow, .notify: return nil
        case .deny: return rule
        case .review: return rule.id == agreed ? nil : rule
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
        case .rejected: .rejected(rule)
        case .withdrawn: .withdrawn
        case .crowded, .nobody: .denied(rule)
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

extension SignInRule {
    /// What the trail says of a refusal; whoever is refused is told nothing of it.
    var refusalDetails: [JSON.Member] {
        [
            JSON.Member("reason", .string(action == .review ? "sign-in-review" : "sign-in-rule")),
            JSON.Member("rule", .string(name)),
        ]
    }
}
