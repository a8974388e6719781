import Audit
package import FoundationEssentials
import Kernel
import Postgres

extension Vault {
    /// Tells of the ends of check-outs before they come: each moment once.
    ///
    /// Returns how many were told of; call again while it is 500. What stands in the way in one company keeps no other's
    /// silent, and is thrown when all have had their turn.
    package func remindOfCheckOutEnds(at now: Date) async throws -> Int {
        try await sweep(checkOuts.reminders(at: now, database)) { ids, scope, transaction in
            // What another node has told of has a later moment by now, or none, and is skipped.
            let rows = try await checkOuts.lockDue(ids, at: now, in: scope, transaction)
            let held = rows.filter { $0.state == .active && now < $0.endsAt }
            try await Outbox().publish(held.map { VaultEvents.endingSoon($0, at: now) }, in: scope, transaction)
            try await checkOuts.remind(
                rows.map { ($0.id, EndReminder.next(from: $0.startsAt, to: $0.endsAt, after: now)) }, in: scope,
                transaction)
            return rows.count
        }
    }
}
