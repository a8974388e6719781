import Cryptography
package import FoundationEssentials
import Jobs
package import Kernel
import Metering
import Outbound
import Postgres
import Tenancy

extension Messaging {
    /// Makes one attempt at a delivery and settles what comes next: done, another attempt later, or dead.
    ///
    /// The destination is checked when the socket is opened, against private and metadata addresses; redirects are not
    /// followed, so that a receiver cannot send us somewhere else.
    package func deliver(_ id: DeliveryID, at now: Date, in scope: TenantScope) async throws {
        guard let pending = try await deliveries.pending(id, in: scope, database) else { return }
        let body = try await body(of: pending, id, in: scope)
        let secret = try await secret(pending.sealedSecret, of: pending.webhook, in: scope)
        let opened = try await EgressOpenings(database: database)(in: scope)
        let outcome = try await attempt(pending, body: body, secret: secret, opened: opened, at: now)
        try await database.transaction(in: scope) { transaction in
            guard try await deliveries.note(outcome, of: id, at: now, in: scope, transaction) else { return }
            if outcome.state == .delivered {
                try await Metering.record(
                    [
                        UsageEvent(
                            at: now, source: "deliveries/\(id.text)", id: "delivered", meter: .webhookDeliveries,
                            subject: pending.webhook.text, quantity: 1)
                    ], of: scope.tenant, in: transaction)
            }
            if let next = outcome.nextAttemptAt {
                try await enqueue(id, at: next, in: scope, transaction)
            }
        }
    }

    /// The secret in clear, for signing.
    private func secret(_ sealed: [UInt8], of webhook: WebhookID, in scope: TenantScope) async throws -> WebhookSecret {
        let bytes = try await keys.open(sealed, table: WebhookStore.table, row: webhook.text, version: 1, in: scope)
        guard let secret = WebhookSecret(String(decoding: bytes, as: UTF8.self)) else {
            throw MessagingError.notFound
        }
        return secret
    }

    private func body(of pending: PendingDelivery, _ id: DeliveryID, in scope: TenantScope) async throws -> [UInt8] {
        guard let sealed = pending.sealed else { return pending.body.bytes }
        let bytes = try await keys.open(sealed, table: DeliveryStore.table, row: id.text, version: 1, in: scope)
        let secrets = try JSONParser.parse(bytes)
        let data = pending.body["data"] ?? [:]
        return pending.body.merging(["data": data.merging(secrets)]).bytes
    }

    private func attempt(
        _ pending: PendingDelivery, body: [UInt8], secret: WebhookSecret, opened: Set<HostPort>, at now: Date
    ) async throws -> DeliveryOutcome {
        do throws(OutboundError) {
            let request = OutboundRequest(
                .post, try OutboundURL(pending.url),
                headers: [
                    "Content-Type": "application/json", "webhook-id": pending.event.text,
                    "webhook-timestamp": String(Int(now.timeIntervalSince1970.rounded(.down))),
                    "webhook-signature": secret.signature(id: pending.event.text, timestamp: now, body: body),
                ],
                body: body, opened: opened)
            let response = try await client.send(request)
            if (200..<300).contains(response.status) {
                return DeliveryOutcome(state: .delivered, status: response.status, error: nil, nextAttemptAt: nil)
            }
            return failure(pending, status: response.status, "The receiver answered \(response.status).", at: now)
        } catch .cancelled, .stopped {
            // This node is going down, which says nothing about the receiver: the job comes again elsewhere.
            throw CancellationError()
        } catch {
            return failure(pending, status: nil, "\(error)", at: now)
        }
    }

    private func failure(
        _ pending: PendingDelivery, status: Int?, _ text: String, at now: Date
    ) -> DeliveryOutcome {
        var random = SystemRandomNumberGenerator()
        let delay = RetrySchedule.delay(after: pending.attempts + 1, using: &random)
        return DeliveryOutcome(
            state: delay == nil ? .dead : .pending, status: status, error: String(text.prefix(500)),
            nextAttemptAt: delay.map(now.addingTimeInterval))
    }
}
