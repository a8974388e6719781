package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// A program's token, as its person sees it.
package struct APIToken: WireValue {
    package static let prefix = "ght_"
    package static let most = 10
    package static let usualLife: TimeInterval = 90 * 24 * 60 * 60
    package static let longestLife: TimeInterval = 366 * 24 * 60 * 60
    package static let directLife: TimeInterval = 12 * 60 * 60

    package let id: APITokenID
    package let name: String
    package let sources: [String]
    package let createdAt: Date
    package let expiresAt: Date?
    package let lastUsedAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field(
            "sources", \.sources, .array(of: .text(2...91), 0...50),
            note: "From where it may be used; empty for anywhere.")
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt)
        Field("lastUsedAt", \.lastUsedAt)
    }

    package static let listing = Listing<APIToken>(
        key: Column("id", "k.api_token_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "k.created_at", \.createdAt)]
    )
}

/// The body that makes a token.
package struct CreateTokenRequest: WireValue {
    package let name: String
    package let sources: [AddressSet]
    package let expiresAt: Date?

    package init(name: String, sources: [AddressSet] = [], expiresAt: Date? = nil) {
        self.name = name
        self.sources = sources
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field(
            "sources", \.sources, Schema<[AddressSet]>.array(of: AddressSet.schema, 0...50).otherwise([]),
            note: "Addresses, networks and ranges from which it may be used; none means from anywhere.")
        Field("expiresAt", \.expiresAt, note: "90 days from now if absent, a year at most.")
    }
}

/// A new token; its text is shown once.
package struct CreatedToken: WireValue {
    package let id: APITokenID
    package let name: String
    package let token: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("token", \.token, .text(1...200), note: "Shown once.")
        Field("expiresAt", \.expiresAt)
    }
}
