import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Metering
import Postgres
import Tenancy

extension Messaging {
    /// The most that one replay sends again.
    static let replayedAtOnce = 10_000

    /// Sends a delivery that is over again from the start, with the `webhook-id` that it had.
    package func retry(_ id: DeliveryID, at now: Date, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let isOver = try await deliveries.revive(id, at: now, in: scope, transaction) else {
                throw MessagingError.notFound
            }
            guard isOver else { throw MessagingError.notDead }
            try await Quotas.take(.webhookDeliveriesPerDay, in: scope, at: now, transaction)
            audit.target("delivery", id.text)
            try await audit.write(in: transaction)
            try await DeliveryStore.call(in: scope, transaction)
        }
    }

    /// Sends all dead deliveries of a webhook again, or everything of a span.
    package func replay(
        _ id: WebhookID, _ request: ReplayDeliveries, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> ReplayedDeliveries {
        try await database.transaction(in: scope) { transaction in
            guard let webhook = try await store.lock(id, in: scope, transaction) else { throw MessagingError.notFound }
            guard request.which == .dead || request.from != nil && request.to != nil else {
                throw MessagingError.noSpan
            }
            let times = try await deliveries.revive(
                request.which == .dead ? [.dead] : [.dead, .delivered], of: id, from: request.from, to: request.to,
                limit: Self.replayedAtOnce, at: now, in: scope, transaction)
            if !times.isEmpty {
                try await Quotas.take(.webhookDeliveriesPerDay, times.count, in: scope, at: now, transaction)
                try await DeliveryStore.call(in: scope, transaction)
            }
            audit.target("webhook", id.text, name: webhook.name)
            audit.detail("count", .int(Int64(times.count)))
            audit.detail("which", .string(request.which.rawValue))
            try await audit.write(in: transaction)
            return ReplayedDeliveries(
                count: times.count, rest: times.count == Self.replayedAtOnce ? times.max() : nil)
        }
    }

    /// Sends an event that says nothing, to try an endpoint.
    package func test(
        _ id: WebhookID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> WebhookTest {
        let message = OutgoingMessage(
            id: .new(at: now), type: EventKinds.test.type, subject: id.text, data: ["webhook": .string(id.text)])
        return try await database.transaction(in: scope) { transaction in
            guard let webhook = try await store.lock(id, in: scope, transaction) else { throw MessagingError.notFound }
            guard webhook.state == .enabled else { throw MessagingError.disabled }
            let delivery = DeliveryID.new(at: now)
            _ = try await deliveries.insert(
                delivery, of: message, body: body(of: message, at: now, in: scope), sealed: nil, to: id, at: now,
                in: scope, transaction)
            try await Quotas.take(.webhookDeliveriesPerDay, in: scope, at: now, transaction)
            audit.target("webhook", id.text, name: webhook.name)
            try await audit.write(in: transaction)
            try await DeliveryStore.call(in: scope, transaction)
            return WebhookTest(delivery: delivery)
        }
    }
}
