import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Messaging {
    /// Makes a new secret, shown this once. The old one signs beside it for a while; one that was older ends at once.
    /// `mayAsk` is whether the caller may say through what approvers are asked.
    package func roll(
        _ id: WebhookID, _ request: RollWebhookSecret, mayAsk: Bool, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> NewWebhook {
        let secret = WebhookSecret().reveal()
        let sealed = try await keys.seal(
            Array(secret.utf8), table: WebhookStore.table, row: id.text, version: 1, in: scope)
        let end = request.overlapHours > 0 ? now.addingTimeInterval(Double(request.overlapHours) * 3600) : nil
        let webhook = try await database.transaction(in: scope) { transaction in
            var webhook = try await lock(id, forItsQuestions: mayAsk, at: now, in: scope, transaction)
            try await store.roll(id, to: sealed, keepingOldUntil: end, in: scope, transaction)
            webhook.oldSecretUntil = end
            webhook.version += 1
            audit.target("webhook", id.text, name: webhook.name)
            audit.detail("overlapHours", .int(Int64(request.overlapHours)))
            try await audit.write(in: transaction)
            return webhook
        }
        return NewWebhook(webhook: webhook, secret: secret)
    }
}
