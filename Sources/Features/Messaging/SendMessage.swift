import Cryptography
package import FoundationEssentials
package import Kernel
import Metering
import Postgres
import Tenancy

extension Messaging {
    /// The kind of the jobs by which an earlier version made attempts.
    package static let deliverJob = "webhook.deliver"

    /// Fetches the tenant's keys, so that a transaction can send and check without waiting for anything else.
    package func desk(in scope: TenantScope) async throws -> MessageDesk {
        MessageDesk(messaging: self, keys: try await keys.chain(in: scope), scope: scope)
    }

    /// Tells every enabled webhook that listens to this type of event: the outbox calls it, at least once per event, and again
    /// if what came of it is lost.
    package func fanOut(_ message: OutgoingMessage, at now: Date, in scope: TenantScope) async throws {
        let listening = try await store.listening(to: message.id, in: scope, database)
            .filter { $0.patterns.contains { $0.matches(message.type) } }.map(\.webhook)
        guard !listening.isEmpty else { return }
        let message = OutgoingMessage(
            id: message.id, type: message.type, subject: message.subject,
            data: events.presentable(message.data, of: message.type))
        try await database.transaction(in: scope, lasting: .brief) { transaction in
            let made = try await deliveries.insert(
                message, body: body(of: message, at: now, in: scope), to: listening, at: now, in: scope, transaction)
            try await settle(made, at: now, in: scope, transaction)
        }
    }

    /// Whether any webhook of the tenant wants to hear of this type of event.
    package func isListening(to type: String, in scope: TenantScope) async throws -> Bool {
        try await store.patterns(in: scope, database).contains { $0.matches(type) }
    }

    func body(of message: OutgoingMessage, at now: Date, in scope: TenantScope) -> JSON {
        message.cloudEvent(source: "urn:gatehouse:tenant:\(scope.tenant.text)", at: now)
    }

    /// Counts deliveries that were made against the plan, and calls for those that it allows.
    func settle(
        _ made: [DeliveryID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !made.isEmpty else { return }
        let free = try await Quotas.takeUpTo(made.count, .webhookDeliveriesPerDay, in: scope, at: now, transaction)
        if free < made.count {
            try await deliveries.leaveOut(Array(made[free...]), at: now, in: scope, transaction)
        }
        if free > 0 { try await DeliveryStore.call(in: scope, transaction) }
    }
}
