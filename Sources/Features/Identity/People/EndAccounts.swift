import Audit
package import FoundationEssentials
import Kernel
import Postgres

/// Shuts out whose day has come, as an administrator would: browsers, sign-ins under way and sessions on assets end.
struct EndAccounts {
    let database: Database
    let reviews: SignInReviews

    /// How many there were, at most 500; periodic work comes again at once while there are so many.
    func callAsFunction(at now: Date) async throws -> Int {
        let due = try await AccountEndStore.due(at: now, database)
        var failure: (any Error)?
        for ending in due {
            do {
                try await end(ending.user, at: now, in: TenantScope(tenant: ending.tenant))
            } catch {
                // One tenant in trouble must not keep the others in.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return due.count
    }

    private func end(_ user: UserID, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            guard try await AccountEndStore.isDue(user, at: now, in: scope, tx),
                let account = try await AccountStore.lock(user, in: scope, tx)
            else { return }
            try await ControlUser.shutOut(user, reviews, ["reason": "expired"], at: now, in: scope, tx)
            let entry = AuditEntry(
                action: "user.expired", actor: .system("accounts"), target: AuditTarget("user", user, account.login),
                at: now)
            try await AuditLog(database: database).append(entry, in: scope, tx)
        }
    }
}

extension Identity {
    /// Ends accounts whose day has come; periodic work.
    package func endDueAccounts(at now: Date) async throws -> Int {
        try await EndAccounts(database: database, reviews: reviews)(at: now)
    }

    /// Mails those whose account, password or SSH key ends soon; periodic work.
    package func tellOfEnds(at now: Date) async throws {
        let tell = TellOfEnds(database: database, settings: settings)
        var failure: (any Error)?
        do {
            while try await tell.ofAccounts(at: now) == 500 {}
        } catch {
            // Those whose password or key ends are told all the same.
            failure = error
        }
        do {
            while try await tell.ofSSHKeys(at: now) == 500 {}
        } catch {
            failure = failure ?? error
        }
        try await tell.ofPasswords(tenants, at: now)
        if let failure { throw failure }
    }
}
