import Cryptography
package import FoundationEssentials
import Jobs
package import Kernel
import Metering
package import Postgres
import Tenancy

/// Messaging with the tenant's keys in hand: what a transaction may use without waiting for a second connection.
package struct MessageDesk: Sendable {
    let messaging: Messaging
    let keys: TenantKeyChain
    let scope: TenantScope

    /// Puts a message on its way to a webhook, in the transaction of whatever causes it. The same event reaches a
    /// webhook once, however often this is called.
    package func send(
        _ message: OutgoingMessage, to webhook: WebhookID, at now: Date, _ transaction: Transaction
    ) async throws {
        let id = DeliveryID.new(at: now)
        let sealed = try message.privateData.map {
            try keys.seal($0.bytes, table: DeliveryStore.table, row: id.text, version: 1)
        }
        let body = message.cloudEvent(source: "urn:gatehouse:tenant:\(scope.tenant.text)", at: now)
        guard
            try await messaging.deliveries.insert(
                id, of: message, body: body, sealed: sealed, to: webhook, at: now, in: scope, transaction)
        else { return }
        guard try await Quotas.takeIfFree(.webhookDeliveriesPerDay, in: scope, at: now, transaction) else {
            // It is kept where people look for it, and can be sent by hand on another day.
            _ = try await messaging.deliveries.note(
                DeliveryOutcome(
                    state: .dead, status: nil, error: "The plan allows no more deliveries today.", nextAttemptAt: nil),
                of: id, at: now, in: scope, transaction)
            return
        }
        try await messaging.enqueue(id, at: now, in: scope, transaction)
    }

    /// Whether an answer was signed with the webhook's secret within the last five minutes.
    package func verify(
        _ answer: SignedAnswer, of webhook: WebhookID, at now: Date, _ transaction: Transaction
    ) async throws -> Bool {
        guard let sealed = try await messaging.store.sealedSecret(of: webhook, in: scope, transaction) else {
            return false
        }
        let bytes = try keys.open(sealed, table: WebhookStore.table, row: webhook.text, version: 1)
        guard let secret = WebhookSecret(String(decoding: bytes, as: UTF8.self)) else { return false }
        do throws(WebhookVerifier.Failure) {
            try WebhookVerifier(secrets: [secret]).verify(
                id: answer.id, timestamp: answer.timestamp, signatures: answer.signature, body: answer.body, now: now)
            return true
        } catch {
            return false
        }
    }
}
