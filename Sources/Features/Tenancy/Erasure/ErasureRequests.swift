import FoundationEssentials
package import Kernel

/// The body that ends a tenant's grace period at once; the name is typed by whoever means it.
package struct DeleteTenantRequest: WireValue {
    let confirm: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("confirm", \.confirm, .text(1...200), note: "The tenant's name, to the letter.")
    }
}

/// How far the erasing of a tenant is, and the proof when it is done.
package struct ErasureStatus: WireValue, Sendable {
    let id: ErasureID
    let startedAt: Date
    let objectsRemovedAt: Date?
    let keysDestroyedAt: Date?
    let rowsRemovedAt: Date?
    let finishedAt: Date?
    let proof: JSON?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("startedAt", \.startedAt)
        Field("objectsRemovedAt", \.objectsRemovedAt)
        Field("keysDestroyedAt", \.keysDestroyedAt)
        Field("rowsRemovedAt", \.rowsRemovedAt)
        Field("finishedAt", \.finishedAt)
        Field(
            "proof", \.proof, .anything, note: "Signed; check it with gatehouse verify-erasure. Null until it is done.")
    }
}

/// The key that signs proofs of erasures.
package struct ErasureKey: WireValue, Sendable {
    let id: String
    let publicKey: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .text(1...100))
        Field("publicKey", \.publicKey, .text(1...100), note: "Ed25519, base64url.")
    }
}
