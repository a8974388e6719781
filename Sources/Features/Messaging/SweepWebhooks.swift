package import FoundationEssentials
import Kernel
import Postgres

extension Messaging {
    /// For how long the log keeps what was delivered, and what was not.
    package static let deliveredKept: TimeInterval = 30 * 86_400
    package static let deadKept: TimeInterval = 90 * 86_400

    /// Forgets deliveries that are over for long and secrets that were replaced; gives up what waits for an endpoint that
    /// nobody has enabled for a month.
    package func sweep(at now: Date) async throws {
        let scope = SystemScope(reason: "forget deliveries and replaced secrets")
        try await database.execute(
            """
            delete from webhook_deliveries
            where state = 'delivered' and finished_at < \(now - Self.deliveredKept)
              or state = 'dead' and finished_at < \(now - Self.deadKept)
            """, in: scope)
        try await database.execute(
            """
            update webhook_deliveries set state = 'dead', finished_at = \(now),
              last_error = 'The webhook was disabled for too long.'
            where state = 'pending' and next_attempt_at < \(now - Self.deliveredKept)
            """, in: scope)
        try await database.execute(
            """
            update webhooks set old_tenant_key_id = null, old_sealed_secret = null, old_until = null
            where old_until < \(now)
            """, in: scope)
    }
}
