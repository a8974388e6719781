import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Access {
    /// Ends access from requests that nobody has used within the time that its flow gave: what is not needed shall not
    /// lie about. Looked at once for each grant.
    ///
    /// Returns how many were looked at; call again while it is 500.
    package func endUnusedGrants(at now: Date) async throws -> Int {
        let due = try await grants.unused(at: now, database)
        try await sweep(due) { scope, ids in
            try await database.transaction(in: scope) { transaction in
                let rows = try await grants.lock(ids, in: scope, transaction)
                let used = try await grants.used(ids, in: scope, transaction)
                let idle = rows.filter { !used.contains($0.id) && $0.life.isHeld(at: now) }.map(\.id)
                try await grants.settleUse(of: ids, in: scope, transaction)
                try await grants.end(idle, because: .unused, at: now, in: scope, transaction)
                try await outbox.publish(idle.map { AccessEvents.unused($0, at: now) }, in: scope, transaction)
            }
        }
        return due.reduce(0) { $0 + $1.grants.count }
    }
}
