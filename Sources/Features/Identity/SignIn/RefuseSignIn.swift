import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Says no to a sign-in: the same words and the same time for every reason.
struct RefuseSignIn {
    let database: Database
    let floor: Duration

    /// Names the account in the audit trail and tells of a new lock.
    func callAsFunction(
        _ account: Account?, login: String, nowLocked: Bool, since start: ContinuousClock.Instant, _ audit: AuditDraft,
        at now: Date, in scope: TenantScope
    ) async throws -> IdentityError {
        if let account {
            audit.target("user", account.id.text, name: account.login)
            if nowLocked { try await tellLock(of: account.id, account.login, audit, at: now, in: scope) }
        } else if let login = Login(login) {
            // A password typed into the wrong field is rarely a valid login, and then it is not kept.
            audit.detail("login", .string(login.text))
        }
        try await Task.sleep(until: start + floor)
        return .signInRefused
    }

    func tellLock(of user: UserID, _ login: String, _ audit: AuditDraft, at now: Date, in scope: TenantScope)
        async throws
    {
        try await database.transaction(in: scope) { tx in
            try await audit.also("user.locked", kind: "user", id: user.text, name: login, in: tx)
            try await IdentityEvent.userLocked.publish(user.text, at: now, in: scope, tx)
        }
    }
}
