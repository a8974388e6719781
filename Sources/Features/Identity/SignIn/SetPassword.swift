import Cryptography
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Sets a new password on the way in: because the old one must be changed, or because an invitation brought somebody.
struct SetPassword {
    let database: Database
    let hasher: PasswordHasher
    let shortest: Int

    func callAsFunction(
        _ request: NewPasswordRequest, on event: SignIn.Event, _ visit: Visit
    ) async throws -> SignInReply {
        guard let stored = try await SignInStore.find(request.token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(event, at: visit.now)
        visit.audit.target("user", stored.user.text)
        let hash = try await NewPassword(database: database, hasher: hasher, shortest: shortest)(
            request.password, of: stored.user, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            let outcome = try stored.state.after(event, account.standing.withNewPassword(), at: visit.now)
            try await AccountStore.setPassword(
                hash, mustChange: false, of: account.id, at: visit.now, in: visit.scope, tx)
            // Whoever came in with the password before is out.
            try await RememberedDeviceStore.forgetAll(of: account.id, in: visit.scope, tx)
            try await WebSessionStore.revokeAll(of: account.id, except: nil, in: visit.scope, tx)
            try await IdentityEvent.passwordChanged.publish(account.id.text, at: visit.now, in: visit.scope, tx)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, in: tx)
        }
    }
}

/// Checks and hashes a new password.
struct NewPassword {
    let database: Database
    let hasher: PasswordHasher
    /// The tenant's setting; the person's organization may ask for more.
    let shortest: Int

    func callAsFunction(_ password: Secret, of user: UserID, in scope: TenantScope) async throws -> String {
        let words = try await AccountStore.words(about: user, in: scope, database)
        let found = try await database.first(
            """
            select u.password_hash, \(fragment: Setting.passwordLength.said(at: "u")) from users u
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { (old: try $0.next(String?.self), said: try $0.next(JSON?.self)) }
        let least = Setting.passwordLength.value(of: shortest, unless: found?.said)
        try Self.check(password, words: words, shortest: least)
        do {
            if let old = found?.old, try await hasher.verify(password.reveal(), against: old) {
                throw IdentityError.weakPassword("must be a new one")
            }
            return try await hasher.hash(password.reveal())
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }

    static func check(_ password: Secret, words: [String], shortest: Int) throws(IdentityError) {
        do throws(Invalid) {
            try PasswordPolicy.check(password.reveal(), words: words, shortest: shortest)
        } catch {
            throw .weakPassword(error.message)
        }
    }
}
