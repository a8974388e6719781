import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Access {
    /// Ends access from requests that nobody has used within the time that its flow gave: what is not needed shall not
    /// lie about. Looked at once for each grant, and once more for each time that its end was moved.
    ///
    /// Returns how many were looked at; call again while it is 500.
    package func endUnusedGrants(at now: Date) async throws -> Int {
        let due = try await grants.unused(at: now, database)
        try await sweep(due) { scope, ids in try await endUnused(ids, at: now, in: scope) }
        return due.reduce(0) { $0 + $1.grants.count }
    }

    /// Of these what is due when its lock is had: whoever had it before may have moved the end.
    func endUnused(_ ids: [GrantID], at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            let due = try await grants.lock(ids, in: scope, transaction).filter { $0.unused.isDue(at: now) }
            let used = try await grants.used(due.map(\.id), in: scope, transaction)
            let idle = due.filter { !used.contains($0.id) && $0.life.isHeld(at: now) }.map(\.id)
            try await grants.settleUse(of: due.map(\.id), in: scope, transaction)
            try await grants.end(idle, because: .unused, at: now, in: scope, transaction)
            try await outbox.publish(idle.map { AccessEvents.unused($0, at: now) }, in: scope, transaction)
        }
    }
}
