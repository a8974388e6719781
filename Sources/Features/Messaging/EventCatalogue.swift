import HTTPAPI
package import Kernel

/// A kind of event that webhooks may hear of.
package struct EventKind: WireValue, Sendable, Hashable {
    /// `<family>.<verb>`: `ticket.approved`.
    package let type: String
    /// What its data may have; nothing else leaves, whatever a feature writes into an event.
    package let members: [String]

    package init(_ type: String, _ members: [String] = []) {
        self.type = type
        self.members = members
    }

    private init(type: String, members: [String]) {
        self.init(type, members)
    }

    package static let schema: Schema<Self> = .record(Self.init(type:members:)) {
        Field("type", \.type, .text(1...100))
        Field("members", \.members, .array(of: .text(1...100), 0...50))
    }
}

/// Every kind of event, as the features declare them.
package struct EventKinds: WireValue, Sendable {
    package let items: [EventKind]

    package init(items: [EventKind]) {
        self.items = items
    }

    package static let schema: Schema<Self> = .record(Self.init(items:)) {
        Field("items", \.items, count: 0...1000)
    }

    /// What an endpoint is sent to try it; subscribed or not.
    static let test = EventKind("webhook.test", ["webhook"])
    /// An endpoint was disabled by itself; the subject is the webhook.
    package static let disabled = EventKind("webhook.disabled", ["name", "reason"])

    /// Nil where there is no such kind.
    subscript(type: String) -> EventKind? { items.first { $0.type == type } }

    /// The data of an event as it may leave. Nothing of a kind that nobody declared.
    func presentable(_ data: JSON, of type: String) -> JSON {
        guard case .object(let members) = data, let kind = self[type] else { return [:] }
        return .object(members.filter { kind.members.contains($0.name) })
    }

    /// The places in the list of those patterns that no event fits.
    func unknown(among patterns: [EventPattern]) -> [Int] {
        patterns.indices.filter { index in !items.contains { patterns[index].matches($0.type) } }
    }
}
