import HTTPAPI
import Kernel
import Postgres

/// Switches one's own keys off and on, and takes them back.
struct ChangeAccessKey {
    let database: Database

    func set(enabled: Bool, _ id: AccessKeyID, _ proof: Proof, _ acting: Acting) async throws -> AccessKey {
        guard !enabled || proof.key == nil else { throw IdentityError.keysMakeNoKeys }
        return try await database.transaction(in: acting.scope) { tx in
            let key = try await AccessKeyStore.set(
                enabled: enabled, id, of: acting.user, at: acting.now, in: acting.scope, tx)
            guard let key else { throw IdentityError.notFound }
            acting.audit.target("access-key", id.text, name: key.name)
            try await acting.audit.write(in: tx)
            return key
        }
    }

    func remove(_ id: AccessKeyID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let name = try await AccessKeyStore.remove(id, of: acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("access-key", id.text, name: name)
            try await acting.audit.write(in: tx)
        }
    }
}
