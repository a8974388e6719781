import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Messaging {
    /// How many a tenant may have: each of its events goes to each of them.
    package static let mostWebhooks = 50

    /// Adds a webhook and makes its secret, which is shown this once.
    package func create(
        _ request: CreateWebhook, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> NewWebhook {
        let webhook = Webhook(
            id: .new(at: now), name: request.name, url: request.url, eventTypes: request.eventTypes,
            organization: request.organization, state: .enabled, createdAt: now, version: 1)
        try check(request.eventTypes)
        let secret = WebhookSecret().reveal()
        let sealed = try await keys.seal(
            Array(secret.utf8), table: WebhookStore.table, row: webhook.id.text, version: 1, in: scope)
        try await database.transaction(in: scope) { transaction in
            guard try await store.countHeld(in: scope, transaction) < Self.mostWebhooks else {
                throw MessagingError.tooMany
            }
            try await store.insert(webhook, secret: sealed, in: scope, transaction)
            audit.target("webhook", webhook.id.text, name: webhook.name)
            try await audit.write(in: transaction)
        }
        return NewWebhook(webhook: webhook, secret: secret)
    }

    /// Changes a webhook; the secret stays. What waited while it was disabled is sent when it is enabled.
    package func change(
        _ id: WebhookID, to change: ChangeWebhook, from version: Int?, mayAsk: Bool, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Webhook {
        let known = try await find(id, in: scope)
        guard known.version == version else { throw MessagingError.changed }
        let isMoved = change.url.applied(to: known.url).text != known.url.text
        return try await database.transaction(in: scope) { transaction in
            var webhook: Webhook
            if isMoved {
                webhook = try await lock(id, forItsQuestions: mayAsk, at: now, in: scope, transaction)
            } else if let found = try await store.lock(id, in: scope, transaction) {
                webhook = found
            } else {
                throw MessagingError.notFound
            }
            guard webhook.version == version else { throw MessagingError.changed }
            if case .set(let types) = change.eventTypes { try check(types) }
            let wasDisabled = webhook.state == .disabled
            webhook.name = change.name.applied(to: webhook.name)
            webhook.url = change.url.applied(to: webhook.url)
            webhook.eventTypes = change.eventTypes.applied(to: webhook.eventTypes)
            webhook.organization = change.organization.applied(to: webhook.organization)
            webhook.state = change.state.applied(to: webhook.state)
            webhook.version += 1
            try await store.update(webhook, in: scope, transaction)
            if wasDisabled, webhook.state == .enabled {
                webhook.disabledBecause = nil
                webhook.failingSince = nil
                try await deliveries.hasten(of: id, at: now, in: scope, transaction)
                try await DeliveryStore.call(in: scope, transaction)
            }
            audit.target("webhook", id.text, name: webhook.name)
            try await audit.write(in: transaction)
            return webhook
        }
    }

    /// Removes a webhook with its deliveries; flows that asked through it ask in the portal only.
    package func delete(_ id: WebhookID, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let webhook = try await store.lock(id, in: scope, transaction) else { throw MessagingError.notFound }
            try await store.delete(id, in: scope, transaction)
            audit.target("webhook", id.text, name: webhook.name)
            try await audit.write(in: transaction)
        }
    }

    /// Replaces the private hosts that outgoing calls may reach.
    package func replaceAllowances(
        _ request: EgressAllowances, by user: UserID, audit: AuditDraft, in scope: TenantScope
    ) async throws -> EgressAllowances {
        try await database.transaction(in: scope) { transaction in
            try await store.replaceAllowances(request.items, by: user, in: scope, transaction)
            audit.detail("hosts", .array(request.items.map { .string("\($0.host):\($0.port)") }))
            try await audit.write(in: transaction)
        }
        return try await allowances(in: scope)
    }

    private func check(_ patterns: [EventPattern]) throws(MessagingError) {
        let unknown = events.unknown(among: patterns)
        guard unknown.isEmpty else { throw .unknownEvents(unknown) }
    }
}
