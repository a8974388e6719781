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
    /// Since it was made or last sent again.
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

/// A delivery with what is sent and what came back.
package struct DeliveryDetail: WireValue, Sendable {
    package let delivery: Delivery
    /// The `webhook-id`, the same however often it is sent.
    package let event: EventID
    /// The body as JSON text, without the parts that lie sealed until they are sent.
    package let payload: String
    package let hasSealedPart: Bool
    package let attempts: [DeliveryAttempt]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("delivery", \.delivery)
        Field("event", \.event)
        Field("payload", \.payload, .lines(0...1_000_000))
        Field("hasSealedPart", \.hasSealedPart)
        Field("attempts", \.attempts, count: 0...DeliveryAttempt.shown)
    }
}

/// One attempt at a delivery.
package struct DeliveryAttempt: WireValue, Sendable {
    /// The last ones are shown.
    static let shown = 50

    package let number: Int
    package let at: Date
    package let milliseconds: Int
    package let status: Int?
    package let error: String?
    /// The first bytes of the answer: somebody else's words, without control characters.
    package let answer: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("number", \.number, .int(1...Int(Int32.max)))
        Field("at", \.at)
        Field("milliseconds", \.milliseconds, .int(0...Int(Int32.max)))
        Field("status", \.status, .int(0...999))
        Field("error", \.error, .text(0...500))
        Field("answer", \.answer, .text(0...AnswerExcerpt.longest))
    }
}

/// The body that sends deliveries of a webhook again.
package struct ReplayDeliveries: WireValue {
    package enum Which: String, CaseIterable, WireValue, Sendable { case dead, all }

    package let which: Which
    package let from: Date?
    package let to: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("which", \.which, note: "Those that are dead, or also those that were delivered: then with from and to.")
        Field("from", \.from, note: "Made then or later.")
        Field("to", \.to, note: "Made before.")
    }
}

/// How many deliveries are sent again.
package struct ReplayedDeliveries: WireValue, Sendable {
    package let count: Int
    /// There are more: ask again from here.
    package let rest: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("count", \.count, .int(0...Int(Int32.max)))
        Field("rest", \.rest, note: "Set if there are more: ask again with this as from.")
    }
}

/// The delivery of a test event, whose fate the log shows.
package struct WebhookTest: WireValue, Sendable {
    package let delivery: DeliveryID

    package static let schema: Schema<Self> = .record(Self.init) { Field("delivery", \.delivery) }
}

/// When a delivery that failed is tried again: quickly at first, for about three days in all, then it is dead.
package enum RetrySchedule {
    package static let delays: [TimeInterval] = [
        2, 10, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]

    /// A receiver may ask for a longer pause, up to here.
    package static let longestAsked: TimeInterval = 21_600

    /// The pause after so many attempts, or nil when there were enough. Up to a tenth is added by chance, so that
    /// deliveries which failed together do not come back together.
    package static func delay(
        after attempts: Int, asked: TimeInterval? = nil, using random: inout some RandomNumberGenerator
    ) -> TimeInterval? {
        guard attempts >= 1, attempts <= delays.count else { return nil }
        let delay = max(delays[attempts - 1], min(asked ?? 0, longestAsked))
        return delay + Double.random(in: 0...delay / 10, using: &random)
    }
}
