import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Access {
    /// Tells of the ends of access from requests before they come: each moment once.
    ///
    /// Returns how many were told of; call again while it is 500.
    package func remindOfEnds(at now: Date) async throws -> Int {
        let due = try await grants.reminders(at: now, database)
        try await sweep(due) { scope, grants in
            try await database.transaction(in: scope) { transaction in
                let rows = try await self.grants.lock(grants, in: scope, transaction)
                    .filter { $0.remindAt.map { $0 <= now } ?? false }
                let events = rows.compactMap { row in
                    row.life.isHeld(at: now) ? AccessEvents.endingSoon(row, at: now) : nil
                }
                try await outbox.publish(events, in: scope, transaction)
                try await self.grants.remind(
                    rows.map { ($0.id, $0.reminder($0.life, after: now)) }, in: scope, transaction)
            }
        }
        return due.reduce(0) { $0 + $1.grants.count }
    }
}
