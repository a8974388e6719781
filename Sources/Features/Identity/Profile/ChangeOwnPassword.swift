import Cryptography
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres

/// Changes one's own password, which takes the one before: an unlocked screen must not be enough to take an account
/// over. Every other browser is signed out. In a browser that has shown no second factor it takes one of whoever has one: a
/// password that leaked must not be enough to replace it.
struct ChangeOwnPassword {
    let database: Database
    let hasher: PasswordHasher
    let rules: PasswordRules
    let lockout: Lockout
    let reviews: SignInReviews

    func callAsFunction(
        _ request: ChangePasswordRequest, _ proof: Proof, from address: String, _ acting: Acting
    ) async throws {
        acting.audit.target("user", acting.user.text)
        try await checkFactor(proof, acting)
        let answer = try await ProvePassword(database: database, hasher: hasher, providers: nil, lockout: lockout)(
            user: acting.user, password: request.current, from: address, at: acting.now, in: acting.scope)
        guard case .right(let account, _) = answer else { throw IdentityError.passwordRefused }
        let hash = try await NewPassword(database: database, hasher: hasher, rules: rules)(
            request.password, of: account.id, in: acting.scope)
        try await database.transaction(in: acting.scope) { tx in
            acting.audit.target("user", account.id.text, name: account.login)
            try await AccountStore.setPassword(
                hash, mustChange: false, of: account.id, at: acting.now, in: acting.scope, tx)
            try await WebSessionStore.revokeAll(of: account.id, except: proof.session, in: acting.scope, tx)
            try await SignInStore.removeAll(of: account.id, in: acting.scope, tx)
            try await reviews.end([account.id], acting.now, acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: account.id, in: acting.scope, tx)
            try await IdentityEvent.passwordChanged.publish(account.id.text, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    private func checkFactor(_ proof: Proof, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard try await !ProfileStore.hasShownFactor(proof, in: acting.scope, tx),
                let account = try await AccountStore.lock(acting.user, in: acting.scope, tx),
                !account.standing.asked.isEmpty
            else { return }
            throw Problem.stepUpRequired()
        }
    }
}
