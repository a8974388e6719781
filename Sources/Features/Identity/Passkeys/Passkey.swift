package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// A passkey, as its person sees it.
package struct Passkey: WireValue {
    package static let most = 10

    package let id: PasskeyID
    package let name: String
    /// The make of the authenticator.
    package let model: UUID
    package let isSynced: Bool
    package let createdAt: Date
    package let lastUsedAt: Date?
    package let counterFellAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("model", \.model, .aaguid, note: "The make of the authenticator (AAGUID); zeros if it does not tell.")
        Field("isSynced", \.isSynced, note: "Whether its person's other devices may have it too.")
        Field("createdAt", \.createdAt)
        Field("lastUsedAt", \.lastUsedAt)
        Field(
            "counterFellAt", \.counterFellAt,
            note: "When it was refused because its counter did not grow: somebody may have a copy.")
    }

    package static let listing = Listing<Passkey>(
        key: Column("id", "p.passkey_id", \.id),
        order: .descending("created"),
        sortable: ["created"],
        columns: [Column("created", "p.created_at", \.createdAt)]
    )
}

extension Schema<UUID> {
    static let aaguid = Schema<String>.string(
        36...36, pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "must be a UUID in lower case"
    ) { text in
        UUID(uuidString: text).map { $0.uuidString.lowercased() == text } ?? false
    }.map(
        { text throws(Invalid) in
            guard let uuid = UUID(uuidString: text) else { throw Invalid("must be a UUID") }
            return uuid
        }, { $0.uuidString.lowercased() })
}
