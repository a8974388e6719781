import Cryptography
package import FoundationEssentials
package import Kernel
import Tenancy

/// The public halves of the keys that sign a tenant's receipts: what `gatehouse verify` is told to trust.
package struct EvidenceKeyList: WireValue, Equatable {
    package let items: [EvidenceKeyItem]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...1000)
    }
}

/// One of them.
package struct EvidenceKeyItem: WireValue, Equatable {
    package let id: String
    package let publicKey: String
    package let createdAt: Date
    package let retiredAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .text(1...200), note: "What a receipt names as its key.")
        Field("publicKey", \.publicKey, .text(43...43), note: "Ed25519, 32 bytes in base64url.")
        Field("createdAt", \.createdAt)
        Field("retiredAt", \.retiredAt, Date.schema, note: "Receipts from before then stay good.")
    }
}

extension Recordings {
    /// The keys of a tenant, the current one first.
    package func evidenceKeys(in scope: TenantScope) async throws -> EvidenceKeyList {
        EvidenceKeyList(
            items: try await keys.evidenceKeys(in: scope).map {
                EvidenceKeyItem(
                    id: $0.id, publicKey: $0.publicKey.text, createdAt: $0.createdAt, retiredAt: $0.retiredAt)
            })
    }
}
