import Cryptography
package import FoundationEssentials
import Jobs
package import Kernel
import Postgres
import Tenancy

extension Messaging {
    /// The kind of the jobs that make an attempt at a delivery: `{"delivery": id}`.
    package static let deliverJob = "webhook.deliver"

    /// Fetches the tenant's keys, so that a transaction can send and check without waiting for anything else.
    package func desk(in scope: TenantScope) async throws -> MessageDesk {
        MessageDesk(messaging: self, keys: try await keys.chain(in: scope), scope: scope)
    }

    /// Tells every enabled webhook that listens to this type of event: the outbox calls it, at least once per event.
    package func fanOut(_ message: OutgoingMessage, at now: Date, in scope: TenantScope) async throws {
        guard let desk = try await deskIfThere(in: scope) else { return }
        try await database.transaction(in: scope) { transaction in
            for webhook in try await store.enabled(in: scope, transaction)
            where webhook.eventTypes.contains(where: { $0.matches(message.type) }) {
                try await desk.send(message, to: webhook.id, at: now, transaction)
            }
        }
    }

    /// Nil for a tenant that was erased: it has neither keys nor webhooks.
    private func deskIfThere(in scope: TenantScope) async throws -> MessageDesk? {
        do {
            return try await desk(in: scope)
        } catch SealError.unknownKey {
            return nil
        }
    }

    func enqueue(
        _ delivery: DeliveryID, at time: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await queue.enqueue(
            kind: Self.deliverJob, payload: ["delivery": .string(delivery.text)], tenant: scope.tenant, runAt: time,
            in: transaction)
    }
}
