package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// What the portal has to tell somebody.
package struct SiteMessage: WireValue, Sendable {
    package let id: SiteMessageID
    package let type: String
    package let title: String
    package let body: String
    package let link: String
    package let isUrgent: Bool
    package let isRead: Bool
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("type", \.type, .text(1...100))
        Field("title", \.title, .text(1...200))
        Field("body", \.body, .lines(0...4000))
        Field("link", \.link, .text(0...500), note: "A path of the portal; empty if it leads nowhere.")
        Field("isUrgent", \.isUrgent)
        Field("isRead", \.isRead)
        Field("createdAt", \.createdAt)
    }

    package static let listing = Listing<SiteMessage>(
        key: Column("id", "m.site_message_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("type", "m.type", \.type, .text(1...100)),
            Column("title", "m.title", \.title, .text(1...200)),
            Column("isRead", "(m.read_at is not null)", \.isRead),
            Column("isUrgent", "m.is_urgent", \.isUrgent),
            Column("createdAt", "m.created_at", \.createdAt),
        ])

    /// How long messages are kept, and how many of a person.
    package static let kept = TimeInterval(90 * 86_400)
    package static let most = 500
    /// How often those are looked at who have more.
    package static let trimmedEvery: TimeInterval = 600
}

/// How many messages somebody has not read, and the newest ones.
package struct UnreadMessages: WireValue, Sendable {
    package let count: Int
    package let newest: [SiteMessage]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("count", \.count, .int(0...SiteMessage.most * 2))
        Field("newest", \.newest, count: 0...10)
    }
}
