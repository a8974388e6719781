import Cryptography
import FoundationEssentials
import Kernel

/// What was erased of a tenant, when and by whose word, signed by the installation: `Docs/tenants.md` has the format.
struct ErasureProof: Sendable {
    static let type = "gatehouse-erasure-proof/1"

    let erasure: ErasureID
    let tenant: TenantID
    let slug: String
    let name: String
    let closedBy: String
    let graceEndedAt: Date
    let steps: ErasureSteps
    let finishedAt: Date
    let inventory: JSON

    /// The statement that is signed, in its canonical form (RFC 8785).
    var statement: JSON {
        [
            "type": .string(Self.type), "erasure": .string(erasure.text),
            "tenant": ["id": .string(tenant.text), "slug": .string(slug), "name": .string(name)],
            "closedBy": .string(closedBy), "graceEndedAt": .string(Timestamp.text(graceEndedAt)),
            "startedAt": .string(Timestamp.text(steps.startedAt)),
            "objectsRemovedAt": .string(Timestamp.text(steps.objectsRemovedAt ?? finishedAt)),
            "keysDestroyedAt": .string(Timestamp.text(steps.keysDestroyedAt ?? finishedAt)),
            "rowsRemovedAt": .string(Timestamp.text(steps.rowsRemovedAt ?? finishedAt)),
            "finishedAt": .string(Timestamp.text(finishedAt)), "erased": inventory,
        ]
    }

    /// The whole document, canonical too, so that it can be stored and compared as text.
    func signed(by signer: EvidenceSigner) throws -> String {
        let signature = try signer.sign(try CanonicalJSON.bytes(statement))
        let document: JSON = [
            "proof": statement,
            "signature": [
                "key": .string(signer.id), "publicKey": .string(signer.verifyingKey.text),
                "value": .string(Base64URL.encode(signature)),
            ],
        ]
        return String(decoding: try CanonicalJSON.bytes(document), as: UTF8.self)
    }
}

/// How far an erasure is.
struct ErasureSteps: Sendable, Equatable {
    let startedAt: Date
    let objectsRemovedAt: Date?
    let keysDestroyedAt: Date?
    let rowsRemovedAt: Date?
}
