import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// A tenant's administrator lets somebody of the provider in, refuses, or puts them out.
struct DecideSupport {
    let database: Database

    func callAsFunction(
        _ step: SupportState.Step, _ id: SupportAccessID, shorterThan limit: Int? = nil, by user: UserID,
        _ name: String,
        audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            guard let access = try await SupportStore.lock(id, in: scope, tx) else { throw SupportError.notFound }
            audit.target("support-access", id.text, name: access.personName)
            let state = try access.state.after(step)
            // What ran out by itself is neither granted nor refused; putting somebody out is never too late.
            guard step == .revoke || access.isOpen(at: now) else { throw SupportError.notOpen }
            var endsAt = now
            if state == .consented {
                let seconds = min(limit ?? access.durationSeconds, access.durationSeconds)
                endsAt = now + TimeInterval(seconds)
                audit.detail("role", .string(access.role.rawValue))
                audit.detail("seconds", .int(Int64(seconds)))
            }
            try await SupportStore.setState(state, endsAt: endsAt, of: id, by: user, name, at: now, in: scope, tx)
            try await audit.write(in: tx)
        }
    }
}
