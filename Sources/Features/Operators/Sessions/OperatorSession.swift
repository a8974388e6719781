package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// A browser in which an operator is signed in.
package struct OperatorSession: WireValue {
    package let id: ProviderSessionID
    package let createdAt: Date
    package let lastSeenAt: Date
    package let expiresAt: Date
    package let clientAddress: String?
    package let userAgent: String?
    package let current: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("createdAt", \.createdAt)
        Field("lastSeenAt", \.lastSeenAt)
        Field("expiresAt", \.expiresAt)
        Field("clientAddress", \.clientAddress, .text(0...100))
        Field("userAgent", \.userAgent, .text(0...300))
        Field("current", \.current)
    }

    package static let listing = Listing<OperatorSession>(
        key: Column("id", "s.provider_session_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "s.created_at", \.createdAt)]
    )
}
