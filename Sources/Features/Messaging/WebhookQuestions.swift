package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// Questions to approvers that go out through webhooks. Whoever has a webhook's secret and the links that it carries answers
/// in the approvers' names.
package struct WebhookQuestions: Sendable {
    /// By which one may change who is asked, and so what is asked through.
    package let permission: Permission
    /// Whether people are asked through a webhook.
    package let areAsked: @Sendable (WebhookID, TenantScope, Transaction) async throws -> Bool
    /// Voids the links that a webhook has carried.
    package let void: @Sendable (WebhookID, Date, TenantScope, Transaction) async throws -> Void

    package init(
        permission: Permission,
        areAsked: @escaping @Sendable (WebhookID, TenantScope, Transaction) async throws -> Bool,
        void: @escaping @Sendable (WebhookID, Date, TenantScope, Transaction) async throws -> Void
    ) {
        self.permission = permission
        self.areAsked = areAsked
        self.void = void
    }
}

extension Messaging {
    /// Holds a webhook whose secret or address is about to change. The links that are out are void from then on: whoever gets
    /// the new secret must not answer through what the old one has carried. Where people are asked, it takes who may say
    /// who is asked.
    func lock(
        _ id: WebhookID, forItsQuestions mayAsk: Bool, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Webhook {
        // The links come before the webhook, as they do where a level is decided and the next one asked; those that were made
        // until it is held come after it.
        try await questions.void(id, now, scope, transaction)
        guard let webhook = try await store.lock(id, in: scope, transaction) else { throw MessagingError.notFound }
        if !mayAsk, try await questions.areAsked(id, scope, transaction) { throw MessagingError.asksApprovers }
        try await questions.void(id, now, scope, transaction)
        return webhook
    }
}
