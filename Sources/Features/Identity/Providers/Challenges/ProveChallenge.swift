import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Whether the answer to a provider's question is right. It counts against the account as a wrong password does: whoever
/// has the password must not get as many tries as they like.
struct ProveChallenge {
    enum Proof {
        /// `isSecondFactor` says that the provider's administrators let the answer stand for the second factor.
        case right(Account, IdentityProviderID, isSecondFactor: Bool)
        /// There is another question.
        case asked(PendingChallenge)
        /// As of a password, with the login that the sign-in began with.
        case wrong(Account?, login: Login, nowLocked: Bool, ProviderRefusal?)
    }

    let prove: ProvePassword
    let providers: ProviderSignIn
    let keep: KeepChallenge

    func callAsFunction(
        _ answer: Secret, to key: ChallengeKey, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        try await prove.lockout.admit(address, at: now, in: scope)
        let (stored, attempt) = try await take(key, from: address, at: now, in: scope)
        let proof = try await check(answer, stored, attempt, from: address, at: now, in: scope)
        if case .wrong(_, _, _, let refusal) = proof, refusal?.countsNot != true {
            try await prove.lockout.count(attempt.account, attempt.reserved, from: address, at: now, in: scope)
        }
        return proof
    }

    private func check(
        _ answer: Secret, _ stored: StoredChallenge, _ attempt: ProvePassword.Attempt, from address: String?,
        at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        let challenge = stored.challenge
        guard let candidate = attempt.candidates.first else {
            // Locked or switched off meanwhile.
            return .wrong(attempt.account, login: challenge.login, nowLocked: false, nil)
        }
        let said: ProviderSignIn.Answer
        do {
            let question = try await keep.question(of: stored, in: scope)
            said = try await providers.answer(
                question, of: candidate, challenge.login, answer, typed: challenge.user, from: address, at: now,
                in: scope)
        } catch {
            try await prove.refund(attempt, at: now, in: scope)
            if error is BlockingPool.Busy { throw IdentityError.busy }
            if error is SealError { throw IdentityError.signInExpired }
            throw error
        }
        if case .asked(_, let question) = said {
            // Counted as long as the sign-in is not complete: another question may be the answer to a wrong answer.
            guard let next = challenge.next() else {
                let refusal = ProviderRefusal(provider: challenge.provider, reason: .tooManyQuestions)
                return .wrong(
                    attempt.account, login: challenge.login, nowLocked: attempt.hasLocked, refusal)
            }
            return .asked(PendingChallenge(next, question, candidate.provider))
        }
        switch try await prove.settle(said, attempt, login: challenge.login, at: now, in: scope) {
        case .right(let account, let provider):
            return .right(
                account, provider ?? challenge.provider,
                isSecondFactor: candidate.provider.settings.questionIsSecondFactor)
        case .wrong(let account, let nowLocked, let refusal):
            return .wrong(account, login: challenge.login, nowLocked: nowLocked, refusal)
        case .asked(let pending): return .asked(pending)
        }
    }

    /// Takes the row and counts the answer, before it is looked at.
    private func take(
        _ key: ChallengeKey, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> (StoredChallenge, ProvePassword.Attempt) {
        var taken: StoredChallenge?
        let attempt = try await prove.reserve(from: address, at: now, in: scope) { tx in
            try await TenantDoor.check(at: now, in: scope, tx)
            guard let stored = try await ChallengeStore.take(key, in: scope, tx),
                stored.challenge.admitsAnswer(at: now),
                let candidate = try await IdentityProviderStore.enabled(stored.challenge.provider, in: scope, tx)
            else { return ProvePassword.Attempt() }
            taken = stored
            var attempt = ProvePassword.Attempt(candidates: [candidate])
            if let user = stored.challenge.user {
                attempt.account = try await AccountStore.lock(user, in: scope, tx)
                // Whoever was removed meanwhile is nobody; the row went with them.
                guard attempt.account != nil else { return ProvePassword.Attempt() }
            }
            return attempt
        }
        guard let taken else { throw IdentityError.signInExpired }
        return (taken, attempt)
    }
}

extension PendingChallenge {
    init(_ challenge: ProviderChallenge, _ question: ProviderQuestion, _ provider: IdentityProvider) {
        self.init(
            challenge: challenge, question: question, isSecondFactor: provider.settings.questionIsSecondFactor)
    }
}
