import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// What those who are asked see of sign-ins that wait, and how they give their word.
struct DecideSignInReview {
    let database: Database

    func list(_ page: PageRequest, for reader: UserID, in scope: TenantScope) async throws -> [SignInReview] {
        try await database.transaction(in: scope) { tx in
            let rules = try await asking(reader, in: scope, tx)
            return try await SignInReviewStore.list(page, of: Array(rules), notOf: reader, in: scope, tx)
        }
    }

    func callAsFunction(
        _ id: SignInReviewID, _ request: DecideSignInRequest, _ acting: Acting
    ) async throws -> SignInReview {
        try await database.transaction(in: acting.scope) { tx in
            guard let rule = try await SignInReviewStore.lock(id, in: acting.scope, tx),
                let review = try await SignInReviewStore.find(id, in: acting.scope, tx), review.user != acting.user,
                try await asking(acting.user, in: acting.scope, tx).contains(rule)
            else { throw IdentityError.notFound }
            acting.audit.target("user", review.user.text, name: review.login)
            acting.audit.detail("review", .string(id.text))
            acting.audit.detail("outcome", .string(request.outcome.rawValue))
            if !request.reason.isEmpty { acting.audit.detail("reason", .string(request.reason)) }
            guard review.state == .waiting, acting.now < review.expiresAt else { throw IdentityError.reviewOver }
            try await SignInReviewStore.decide(id, request, by: acting.user, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.signInReviewDecided.publish(
                id.text, ["user": .string(review.user.text), "outcome": .string(request.outcome.rawValue)],
                at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            guard let decided = try await SignInReviewStore.find(id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            return decided
        }
    }

    /// The rules by which this person is asked, as the rules are now.
    private func asking(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Set<SignInRuleID> {
        let rules = try await SignInRuleStore.find(in: scope, tx).rules.filter { $0.action == .review }
        guard !rules.isEmpty else { return [] }
        let memberships = try await SignInRuleStore.memberships(of: user, in: scope, tx)
        return Set(
            rules.filter { $0.asked.include(user, groups: memberships.groups, roles: memberships.roles) }
                .compactMap(\.id))
    }
}
