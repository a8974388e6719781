import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Says no to a sign-in: the same words and the same time for every reason.
struct RefuseSignIn {
    let database: Database
    let settings: IdentitySettings

    /// Names the account in the audit trail and tells of a new lock.
    func callAsFunction(
        _ account: Account?, login: String, nowLocked: Bool, _ refusal: ProviderRefusal? = nil,
        since start: ContinuousClock.Instant, _ audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> IdentityError {
        if let account {
            audit.target("user", account.id.text, name: account.login)
            if nowLocked { try await tellLock(of: account.id, account.login, audit, at: now, in: scope) }
        } else if let login = Login(login) {
            // A password typed into the wrong field is rarely a valid login, and then it is not kept.
            audit.detail("login", .string(login.text))
        }
        if let refusal {
            for detail in refusal.details { audit.detail(detail.name, detail.value) }
        }
        try await Task.sleep(until: start + settings.refusalFloor(in: scope))
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

extension ProviderRefusal {
    /// What the trail says; whoever signs in is told nothing of it.
    var details: [JSON.Member] {
        var details = [JSON.Member("reason", .string(reason.rawValue))]
        if let provider { details.append(JSON.Member("provider", .string(provider.text))) }
        if !cause.isEmpty { details.append(JSON.Member("cause", .string(String(cause.prefix(300))))) }
        return details
    }
}
