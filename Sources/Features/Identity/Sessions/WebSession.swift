package import FoundationEssentials
package import Geolocation
package import HTTPAPI
package import Kernel

/// A signed-in browser, as its person sees it.
package struct WebSession: WireValue {
    package let id: WebSessionID
    package let createdAt: Date
    package let lastSeenAt: Date
    package let expiresAt: Date
    package let clientAddress: String?
    package let userAgent: String?
    /// Where the address was when the person signed in.
    package let place: Place?
    package let current: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("createdAt", \.createdAt)
        Field("lastSeenAt", \.lastSeenAt)
        Field("expiresAt", \.expiresAt)
        Field("clientAddress", \.clientAddress, .text(0...100))
        Field("userAgent", \.userAgent, .text(0...300))
        Field("place", \.place, Place.schema)
        Field("current", \.current)
    }

    package static let listing = Listing<WebSession>(
        key: Column("id", "s.web_session_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "s.created_at", \.createdAt)]
    )
}
