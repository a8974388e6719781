import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Asks for somebody who waits in the browser whether they may come in by now.
struct AwaitSignInReview {
    let database: Database

    func callAsFunction(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            return try await advance.resume(stored, token: request.token, account, in: tx)
        }
    }
}

extension AdvanceSignIn {
    /// Everything has been proven already; only the rules are asked again.
    func resume(
        _ stored: StoredSignIn, token: String, _ account: Account, in tx: Transaction
    ) async throws -> SignInReply {
        guard stored.state.stage == .review, visit.now < stored.state.expiresAt else {
            throw IdentityError.signInExpired
        }
        let (provider, shown) = (stored.state.provider, stored.state.shown)
        // What was shown has to count as the rules are now.
        guard shown.map({ account.standing.counts($0.by) }) ?? true || account.standing.isExempt else {
            throw IdentityError.signInExpired
        }
        var device: [UInt8]?
        if shown == nil, !account.standing.isExempt, !stored.state.byKey {
            device = try await remembered(account, in: tx)
        }
        return try await complete(
            account, stored, token, provider, shown, bound: stored.bound, byKey: stored.state.byKey,
            byLink: stored.state.byLink, device: device, in: tx)
    }

    /// Nil if the rules let the person in. Where somebody has to agree first, the sign-in is kept for the time being.
    func wait(
        _ account: Account, _ stored: StoredSignIn?, _ token: String?, _ provider: IdentityProviderID?,
        _ shown: ShownFactor?, bound: IdentityProviderID?, byKey: Bool, byLink: Bool, in tx: Transaction
    ) async throws -> SignInReply? {
        let id = stored?.id ?? SignInID.new(at: visit.now)
        let attempt = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .web,
            address: visit.request.clientAddress, key: id.text, now: visit.now, scope: visit.scope)
        switch try await SignInGuard.check(attempt, in: tx) {
        case .admitted: return nil
        case .denied(let rule):
            for detail in rule.refusalDetails { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInDenied
        case .rejected(let rule):
            for detail in rule.refusalDetails { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInRejected
        case .waits(let until):
            if let stored, let token {
                if stored.state.stage != .review {
                    try await SignInStore.update(
                        id, to: .review(provider, shown, byKey: byKey, byLink: byLink, until: until), in: visit.scope,
                        tx)
                }
                return SignInReply(step: .review, token: token)
            }
            let token = RandomToken()
            try await SignInStore.insert(
                .review(provider, shown, byKey: byKey, byLink: byLink, until: until), id: id, of: account.id,
                token: token, bound: bound, from: visit.request.clientAddress, at: visit.now, in: visit.scope, tx)
            return SignInReply(step: .review, token: token.text.reveal())
        }
    }
}

extension SignIn {
    fileprivate static func review(
        _ provider: IdentityProviderID?, _ shown: ShownFactor?, byKey: Bool, byLink: Bool, until: Date
    ) -> SignIn {
        SignIn(
            stage: .review, secondFactorAt: shown?.at, by: shown?.by, expiresAt: until, provider: provider,
            byKey: byKey, byLink: byLink)
    }
}
