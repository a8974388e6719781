package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// A public key with which a person signs in over SSH.
package struct SSHKey: WireValue {
    package static let most = 10

    package let id: SSHKeyID
    package let name: String
    package let algorithm: String
    package let fingerprint: String
    package let createdAt: Date
    package let expiresAt: Date?
    package let enabled: Bool
    package let lastUsedAt: Date?
    /// What keeps its person out for now, if something does.
    package var hold: KeyHold?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("algorithm", \.algorithm, .text(1...100))
        Field("fingerprint", \.fingerprint, .text(1...100))
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt, note: "Null for one that does not end by itself.")
        Field("enabled", \.enabled)
        Field("lastUsedAt", \.lastUsedAt)
        Field(
            "hold", \.hold,
            note: "Why it opens nothing for now: an identity provider knows the person, who has not come in for too "
                + "long, or cannot any more since the provider is switched off.")
    }

    package static let listing = Listing<SSHKey>(
        key: Column("id", "k.ssh_key_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "k.created_at", \.createdAt)]
    )
}

/// The body that adds a key.
package struct AddSSHKeyRequest: WireValue {
    package let name: String
    package let publicKey: String
    package let expiresAt: Date?

    package init(name: String, publicKey: String, expiresAt: Date? = nil) {
        self.name = name
        self.publicKey = publicKey
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("publicKey", \.publicKey, .lines(1...16_384), note: "The line of the file that ends in .pub.")
        Field("expiresAt", \.expiresAt, note: "If absent, as late as the company lets keys end.")
    }
}
