import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// How administrators end what somebody has open.
struct EndOnlineSessions {
    let database: Database
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    /// Signs one browser out.
    func end(_ id: WebSessionID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let owner = try await WebSessionStore.owner(of: id, in: acting.scope, tx),
                let account = try await AccountStore.lock(owner, in: acting.scope, tx)
            else { throw IdentityError.notFound }
            acting.audit.target("user", owner.text, name: account.login)
            acting.audit.detail("session", .string(id.text))
            try await acting.mayHandle(owner, catalogue, tx)
            try await WebSessionStore.end(
                of: owner, only: id, because: .administrator, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.browserSignedOut.publish(owner.text, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// Signs a person out everywhere: browsers, sign-ins under way, and by the event sessions on assets.
    func signOut(_ user: UserID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            // Before the account, as a sign-in under way locks them.
            try await SignInStore.removeAll(of: user, in: acting.scope, tx)
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            try await acting.mayHandle(user, catalogue, tx)
            try await reviews.end([user], acting.now, acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: user, in: acting.scope, tx)
            try await WebSessionStore.end(of: user, because: .administrator, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.userSignedOut.publish(user.text, at: acting.moment, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}

extension AdvanceSignIn {
    /// Ends what a person has open elsewhere, if the tenant lets everybody be signed in only once.
    func endOthers(of account: Account, in tx: Transaction) async throws {
        guard visit.singleSession != .off else { return }
        try await WebSessionStore.end(of: account.id, because: .elsewhere, at: visit.now, in: visit.scope, tx)
        try await IdentityEvent.signedInElsewhere.publish(
            account.id.text, ["sessions": .bool(visit.singleSession == .everything)], at: visit.moment,
            in: visit.scope, tx)
    }
}
