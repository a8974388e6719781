import Cryptography
package import FoundationEssentials
package import Kernel
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
        let isNew = try await messaging.deliveries.insert(
            id, of: message, body: messaging.body(of: message, at: now, in: scope), sealed: sealed, to: webhook,
            at: now,
            in: scope, transaction)
        if isNew { try await messaging.settle([id], at: now, in: scope, transaction) }
    }

    /// Whether an answer was signed with the webhook's secret, or one that it still replaces, within the last five minutes.
    package func verify(
        _ answer: SignedAnswer, of webhook: WebhookID, at now: Date, _ transaction: Transaction
    ) async throws -> Bool {
        let sealed = try await messaging.store.sealedSecrets(of: webhook, at: now, in: scope, transaction)
        let secrets = try keys.secrets(sealed, of: webhook)
        do throws(WebhookVerifier.Failure) {
            try WebhookVerifier(secrets: secrets).verify(
                id: answer.id, timestamp: answer.timestamp, signatures: answer.signature, body: answer.body, now: now)
            return true
        } catch {
            return false
        }
    }
}

extension TenantKeyChain {
    /// The secrets of a webhook in clear, the current one first. What was replaced is bound to the same row.
    func secrets(_ sealed: [[UInt8]], of webhook: WebhookID) throws -> [WebhookSecret] {
        try sealed.compactMap {
            let bytes = try open($0, table: WebhookStore.table, row: webhook.text, version: 1)
            return WebhookSecret(String(decoding: bytes, as: UTF8.self))
        }
    }
}
