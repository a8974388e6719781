package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// An endpoint of the tenant's that receives events, signed (Standard Webhooks 1.0, CloudEvents 1.0).
package struct Webhook: Versioned, Sendable {
    package var id: WebhookID
    package var name: String
    package var url: WebhookURL
    package var eventTypes: [EventPattern]
    /// It hears of what belongs to this organization or one below it; nil for everything.
    package var organization: OrganizationID?
    package var state: State
    /// Why it was disabled by itself; nil if a person did it.
    package var disabledBecause: DisabledBecause?
    package var failingSince: Date?
    /// Until when the secret that was replaced signs beside the new one.
    package var oldSecretUntil: Date?
    package var createdAt: Date
    package var version: Int

    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case enabled, disabled }

    package enum DisabledBecause: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// It answered 410.
        case gone
        /// It has failed for days.
        case failing
    }
}

extension Webhook: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("url", \.url)
        Field("eventTypes", \.eventTypes, count: 0...50)
        Field("organization", \.organization)
        Field("state", \.state)
        Field("disabledBecause", \.disabledBecause)
        Field("failingSince", \.failingSince)
        Field("oldSecretUntil", \.oldSecretUntil)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<Webhook>(
        key: Column("id", "w.webhook_id", \.id), order: .ascending("name"), sortable: ["name", "createdAt"],
        columns: [
            Column("name", "w.name", \.name, .text(1...100)), Column("state", "w.state", \.state),
            Column("createdAt", "w.created_at", \.createdAt),
        ])
}

/// An event type, or all types of a kind: `ticket.approved`, `ticket.*`, `*`.
package struct EventPattern: WireValue, SQLBindable, Sendable, Hashable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        guard Self.isPattern(text) else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package func matches(_ type: String) -> Bool {
        if text == "*" { return true }
        return text.hasSuffix(".*") ? type.hasPrefix(text.dropLast()) : type == text
    }

    package static let schema: Schema<Self> = Schema<String>.string(
        1...100, pattern: #"^(\*|[a-z-]+\.(\*|[a-z-]+))$"#, expectation, matches: isPattern
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be an event type such as ticket.approved, ticket.* or *"

    private static func isPattern(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        func isWord(_ part: Substring) -> Bool {
            !part.isEmpty
                && part.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
                }
        }
        return text.utf8.count <= 100 && parts.count == 2 && isWord(parts[0]) && (parts[1] == "*" || isWord(parts[1]))
    }
}

/// The body that adds a webhook.
package struct CreateWebhook: WireValue {
    package let name: String
    package let url: WebhookURL
    package let eventTypes: [EventPattern]
    package let organization: OrganizationID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("url", \.url)
        Field("eventTypes", \.eventTypes, Schema<[EventPattern]>.array(of: EventPattern.schema, 0...50).otherwise([]))
        Field("organization", \.organization, note: "Whose events it hears of, with those below; all of them without.")
    }
}

/// The body that changes a webhook.
package struct ChangeWebhook: WireValue {
    package let name: Change<String>
    package let url: Change<WebhookURL>
    package let eventTypes: Change<[EventPattern]>
    package let organization: Change<OrganizationID?>
    package let state: Change<Webhook.State>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("url", \.url)
        Field("eventTypes", \.eventTypes, Schema<[EventPattern]>.array(of: EventPattern.schema, 0...50))
        Field("organization", \.organization)
        Field("state", \.state)
    }
}

/// A new webhook with its secret, which is shown this once.
package struct NewWebhook: WireValue, Sendable {
    package let webhook: Webhook
    package let secret: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("webhook", \.webhook)
        Field("secret", \.secret, .text(1...200), note: "Shown this once: whsec_ and the signing key in base64.")
    }
}

/// The body that replaces the secret of a webhook.
package struct RollWebhookSecret: WireValue {
    package let overlapHours: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "overlapHours", \.overlapHours, Schema<Int>.int(0...168).otherwise(24),
            note: "For how long the old secret signs beside the new one; 0 ends it at once.")
    }
}
