import Cryptography
import HTTPAPI
import Kernel
import Postgres

/// Sets a new password on the way in: because the old one must be changed, or because an invitation brought somebody.
struct SetPassword {
    let database: Database
    let hasher: PasswordHasher
    let rules: PasswordRules

    func callAsFunction(
        _ request: NewPasswordRequest, on event: SignIn.Event, _ visit: Visit
    ) async throws -> SignInReply {
        guard let stored = try await SignInStore.find(request.token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(event, at: visit.now)
        visit.audit.target("user", stored.user.text)
        let hash = try await NewPassword(database: database, hasher: hasher, rules: rules)(
            request.password, of: stored.user, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, held) = try await advance.hold(request.token, in: tx)
            var account = held
            // Somebody else may have done it first, who alone knows the new one.
            guard event != .passwordChanged || account.standing.mustChangePassword else {
                throw IdentityError.signInExpired
            }
            account.standing = account.standing.withNewPassword()
            let outcome = try stored.state.after(event, account.standing, at: visit.now)
            try await AccountStore.setPassword(
                hash, mustChange: false, of: account.id, at: visit.now, in: visit.scope, tx)
            // Whoever came in with the password before is out.
            try await RememberedDeviceStore.forgetAll(of: account.id, in: visit.scope, tx)
            try await WebSessionStore.revokeAll(of: account.id, except: nil, in: visit.scope, tx)
            try await SignInStore.removeAll(of: account.id, except: stored.id, in: visit.scope, tx)
            try await visit.reviews.end([account.id], visit.now, visit.scope, tx)
            try await IdentityEvent.passwordChanged.publish(account.id.text, at: visit.now, in: visit.scope, tx)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, in: tx)
        }
    }
}
