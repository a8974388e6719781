package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A key with which a program signs its requests as its person (RFC 9421), as its person sees it.
package struct AccessKey: WireValue {
    package static let prefix = "ghk_"
    package static let most = 10
    package static let usualLife: TimeInterval = 90 * 24 * 60 * 60
    package static let longestLife: TimeInterval = 366 * 24 * 60 * 60

    /// How it signs; the names are those of RFC 9421.
    package enum Algorithm: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// With a secret that both sides know.
        case hmac = "hmac-sha256"
        /// With a private key that we never see.
        case ed25519
    }

    package let id: AccessKeyID
    package let name: String
    package let algorithm: Algorithm
    package let sources: [String]
    package let createdAt: Date
    package let expiresAt: Date
    package let enabled: Bool
    package let lastUsedAt: Date?
    package let lastUsedFrom: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, note: "The keyid of its signatures.")
        Field("name", \.name, .text(1...100))
        Field("algorithm", \.algorithm)
        Field(
            "sources", \.sources, .array(of: .text(2...91), 0...50), note: "From where it may call; empty for anywhere."
        )
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt)
        Field("enabled", \.enabled)
        Field("lastUsedAt", \.lastUsedAt)
        Field("lastUsedFrom", \.lastUsedFrom, .text(0...100))
    }

    package static let listing = Listing<AccessKey>(
        key: Column("id", "k.access_key_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "k.created_at", \.createdAt)]
    )
}

/// The body that makes a key.
package struct CreateAccessKeyRequest: WireValue {
    package let name: String
    package let algorithm: AccessKey.Algorithm
    package let publicKey: Ed25519Key?
    package let sources: [AddressSet]
    package let expiresAt: Date?

    package init(
        name: String, algorithm: AccessKey.Algorithm, publicKey: Ed25519Key? = nil, sources: [AddressSet] = [],
        expiresAt: Date? = nil
    ) throws(Invalid) {
        guard (algorithm == .ed25519) == (publicKey != nil) else {
            throw Invalid(
                algorithm == .ed25519 ? "is required for ed25519" : "is for ed25519; the other one gets a secret",
                field: "publicKey")
        }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.sources = sources
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record({
        (
            name: String, algorithm: AccessKey.Algorithm, publicKey: Ed25519Key?, sources: [AddressSet],
            expiresAt: Date?
        ) throws(Invalid) in
        try CreateAccessKeyRequest(
            name: name, algorithm: algorithm, publicKey: publicKey, sources: sources, expiresAt: expiresAt)
    }) {
        Field("name", \.name, .text(1...100))
        Field("algorithm", \.algorithm)
        Field("publicKey", \.publicKey, note: "For ed25519.")
        Field(
            "sources", \.sources, Schema<[AddressSet]>.array(of: AddressSet.schema, 0...50).otherwise([]),
            note: "Addresses, networks and ranges from which it may call; none means from anywhere.")
        Field("expiresAt", \.expiresAt, note: "90 days from now if absent, a year at most.")
    }
}

/// A new key; its secret, if it has one, is shown once.
package struct CreatedAccessKey: WireValue {
    package let id: AccessKeyID
    package let name: String
    package let secret: String?
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, note: "The keyid of its signatures.")
        Field("name", \.name, .text(1...100))
        Field(
            "secret", \.secret, .text(1...200),
            note: "Shown once. Its characters, as they are, are the key of the HMAC; null for ed25519.")
        Field("expiresAt", \.expiresAt)
    }
}
