import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Waits with somebody at a terminal for the word of somebody else, as browsers wait.
struct AwaitDirectReview {
    let signIn: SignInDirectly

    func callAsFunction(_ request: DirectAttempt, _ visit: Visit) async throws -> DirectSignInReply {
        let attempt = request.attempt
        let key = "\(StandingDirectProof.key(attempt)) \(visit.request.clientAddress)"
        let reply = try await visit.awaitReview(key) { visit -> AwaitedReview<DirectSignInReply> in
            switch try await look(attempt, visit) {
            case .waits(_, let review, _): return .waits(review)
            case .token(let token): return .over(DirectSignInReply(token: token))
            case .out(let error, let refusal):
                for detail in refusal?.details ?? [] { visit.audit.detail(detail.name, detail.value) }
                throw error
            }
        }
        guard let reply else { throw IdentityError.signInWaits(attempt: attempt) }
        return reply
    }

    /// Ends what somebody waits for no longer.
    func giveUp(_ request: DirectAttempt, _ visit: Visit) async throws {
        try await signIn.prove.database.transaction(in: visit.scope) { tx in
            guard
                let kept = try await StandingDirectProof.lock(request.attempt, at: visit.now, in: visit.scope, tx)
            else { return }
            try await end(kept, request.attempt, visit, tx)
        }
    }

    private func look(_ attempt: String, _ visit: Visit) async throws -> SignInDirectly.Outcome {
        try await signIn.prove.database.transaction(in: visit.scope) { tx in
            guard let kept = try await StandingDirectProof.lock(attempt, at: visit.now, in: visit.scope, tx),
                let account = try await AccountStore.lock(kept.user, in: visit.scope, tx), account.isActive
            else { return .out(.signInExpired, nil) }
            try await TenantDoor.check(at: visit.now, in: visit.scope, tx)
            visit.audit.target("user", account.id.text, name: account.login)
            if let error = try await objection(to: kept, account, visit, tx) {
                try await end(kept, attempt, visit, tx)
                return .out(error, nil)
            }
            let proof = DirectProof(account, kept.shown, after: kept.provider)
            let outcome = try await signIn.enter(proof, attempt, kept, visit, tx)
            if case .token = outcome {
                try await visit.audit.also(
                    "sign-in.cli", kind: "user", id: account.id.text, name: account.login, in: tx)
            }
            return outcome
        }
    }

    /// What was shown has to be enough by the rules of now.
    private func objection(
        to kept: StandingDirectProof, _ account: Account, _ visit: Visit, _ tx: Transaction
    ) async throws -> IdentityError? {
        if let provider = kept.provider, try await !IdentityProviderStore.holdEnabled(provider, in: visit.scope, tx) {
            return .signInExpired
        }
        if kept.provider == nil, account.standing.mustChangePassword { return .finishInPortal }
        let standing = try await DemandFactors.standing(
            of: account, at: .cli, from: visit.request.clientAddress, by: kept.provider, now: visit.now,
            in: visit.scope, tx
        ).standing
        if standing.isExempt || kept.shown.map({ standing.counts($0.by) }) ?? false { return nil }
        return .signInExpired
    }

    private func end(
        _ kept: StandingDirectProof, _ attempt: String, _ visit: Visit, _ tx: Transaction
    ) async throws {
        try await visit.reviews.withdraw(
            StandingDirectProof.key(attempt), kept.user, visit.now, visit.scope, tx)
        try await SignInStore.remove(kept.id, in: visit.scope, tx)
    }
}
