import Cryptography
import HTTPAPI
import Kernel
import Postgres

/// Takes a public key with which a person will sign in over SSH.
struct AddSSHKey {
    let database: Database

    func callAsFunction(_ request: AddSSHKeyRequest, _ proof: Proof, _ acting: Acting) async throws -> SSHKey {
        let publicKey: SSHPublicKey
        do throws(SSHPublicKeyError) {
            publicKey = try SSHPublicKey(line: request.publicKey)
        } catch {
            throw Invalid(error.description, field: "publicKey")
        }
        let key = SSHKey(
            id: .new(at: acting.now), name: request.name, algorithm: publicKey.algorithm.rawValue,
            fingerprint: publicKey.fingerprint, createdAt: acting.now, expiresAt: nil,
            enabled: true, lastUsedAt: nil)
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard try await SSHKeyStore.count(of: acting.user, in: acting.scope, tx) < SSHKey.most else {
                throw IdentityError.tooMany("A person has \(SSHKey.most) keys at most; remove one.")
            }
            acting.audit.target("ssh-key", key.id.text, name: key.name)
            acting.audit.detail("fingerprint", .string(key.fingerprint))
            try await SSHKeyStore.insert(
                key, publicKey, of: acting.user, madeBy: proof, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
        return key
    }
}
