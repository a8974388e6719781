import Cryptography
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Takes an authority of a maker of passkeys, and drops one. Passkeys that are there stay.
struct ChangePasskeyRoots {
    let database: Database

    func add(_ request: AddPasskeyRoot, _ acting: Acting) async throws -> PasskeyRoot {
        let certificate = request.root
        let root = PasskeyRoot(
            id: .new(at: acting.now), subject: certificate.subject,
            fingerprint: Hex.encode(certificate.fingerprint.bytes), expiresAt: certificate.end, createdAt: acting.now)
        acting.audit.target("passkey-root", root.id.text, name: root.subject)
        acting.audit.detail("fingerprint", .string(root.fingerprint))
        guard root.expiresAt > acting.now else { throw Invalid("must not be over", field: "certificate") }
        return try await database.transaction(in: acting.scope) { tx in
            guard try await PasskeyRootStore.count(in: acting.scope, tx) < PasskeyRoot.most else {
                throw IdentityError.tooMany("There are \(PasskeyRoot.most) authorities at most; remove one.")
            }
            guard try await PasskeyRootStore.insert(root, certificate, by: acting, tx) else {
                throw Invalid("is there already", field: "certificate")
            }
            try await acting.audit.write(in: tx)
            return root
        }
    }

    func remove(_ id: PasskeyRootID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let subject = try await PasskeyRootStore.remove(id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("passkey-root", id.text, name: subject)
            try await acting.audit.write(in: tx)
        }
    }
}
