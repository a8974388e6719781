import FoundationEssentials
import Kernel
import Postgres

/// Forgets events, assertions and admissions whose time is over.
struct SweepHosting {
    /// A worker that was away for longer learns what it missed from its leases.
    static let eventsKept: TimeInterval = 600

    let database: Database

    func callAsFunction(at now: Date) async throws {
        let scope = SystemScope(reason: "what gateways leave behind")
        try await database.execute("delete from worker_events where at < \(now - Self.eventsKept)", in: scope)
        try await database.execute("delete from worker_assertions where expires_at < \(now)", in: scope)
        try await database.execute("delete from admissions where expires_at < \(now)", in: scope)
        try await database.execute("delete from worker_enrolments where expires_at < \(now - 86_400)", in: scope)
    }
}
