package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// One message on its way to one webhook.
package struct Delivery: WireValue, Sendable {
    package let id: DeliveryID
    package let webhook: WebhookID
    package let webhookName: String
    package let eventType: String
    package let state: State
    package let attempts: Int
    package let nextAttemptAt: Date
    package let lastStatus: Int?
    package let lastError: String?
    package let createdAt: Date

    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case pending, delivered, dead }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("webhook", \.webhook)
        Field("webhookName", \.webhookName, .text(0...100))
        Field("eventType", \.eventType, .text(1...100))
        Field("state", \.state)
        Field("attempts", \.attempts, .int(0...1000))
        Field("nextAttemptAt", \.nextAttemptAt)
        Field("lastStatus", \.lastStatus, .int(0...999))
        Field("lastError", \.lastError, .text(0...500))
        Field("createdAt", \.createdAt)
    }

    package static let listing = Listing<Delivery>(
        key: Column("id", "d.delivery_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("webhook", "d.webhook_id", \.webhook), Column("state", "d.state", \.state),
            Column("eventType", "d.event_type", \.eventType, .text(1...100)),
            Column("createdAt", "d.created_at", \.createdAt),
        ])
}

/// When a delivery that failed is tried again: quickly at first, for about three days in all, then it is dead.
package enum RetrySchedule {
    static let delays: [TimeInterval] = [2, 10, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]

    /// The pause after so many attempts, or nil when there were enough. Up to a tenth is added by chance, so that
    /// deliveries which failed together do not come back together.
    package static func delay(
        after attempts: Int, using random: inout some RandomNumberGenerator
    ) -> TimeInterval? {
        guard attempts >= 1, attempts <= delays.count else { return nil }
        let delay = delays[attempts - 1]
        return delay + Double.random(in: 0...delay / 10, using: &random)
    }
}
