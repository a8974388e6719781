package import FoundationEssentials
package import Geolocation
package import HTTPAPI
package import Kernel

/// A signed-in browser, as administrators see it.
package struct OnlineSession: WireValue {
    package let id: WebSessionID
    package let user: UserID
    package let login: String
    package let name: String
    package let createdAt: Date
    package let lastSeenAt: Date
    package let expiresAt: Date
    package let clientAddress: String?
    package let userAgent: String?
    /// Where the address was when the person signed in.
    package let place: Place?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("user", \.user)
        Field("login", \.login, .text(1...64))
        Field("name", \.name, .text(1...200))
        Field("createdAt", \.createdAt)
        Field("lastSeenAt", \.lastSeenAt)
        Field("expiresAt", \.expiresAt)
        Field("clientAddress", \.clientAddress, .text(0...100))
        Field("userAgent", \.userAgent, .text(0...300))
        Field("place", \.place, Place.schema)
    }

    package static let listing = Listing<OnlineSession>(
        key: Column("id", "s.web_session_id", \.id), order: .descending("lastSeenAt"),
        sortable: ["lastSeenAt", "createdAt", "login", "name"],
        columns: [
            Column("lastSeenAt", "s.last_seen_at", \.lastSeenAt), Column("createdAt", "s.created_at", \.createdAt),
            Column("user", "s.user_id", \.user), Column("login", "u.login", \.login, .text(1...64)),
            Column("name", "u.name", \.name, .text(1...200)),
        ])
}
