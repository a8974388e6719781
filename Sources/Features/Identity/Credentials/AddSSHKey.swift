import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Takes a public key with which a person will sign in over SSH.
struct AddSSHKey {
    let database: Database
    let tenants: TenantSettings

    func callAsFunction(_ request: AddSSHKeyRequest, _ proof: Proof, _ acting: Acting) async throws -> SSHKey {
        let publicKey: SSHPublicKey
        do throws(SSHPublicKeyError) {
            publicKey = try SSHPublicKey(line: request.publicKey)
        } catch {
            throw Invalid(error.description, field: "publicKey")
        }
        let expiresAt = try await end(request.expiresAt, at: acting.now, in: acting.scope)
        let days = try await tenants.value(of: Setting.keyProviderDays, in: acting.scope)
        var key = SSHKey(
            id: .new(at: acting.now), name: request.name, algorithm: publicKey.algorithm.rawValue,
            fingerprint: publicKey.fingerprint, createdAt: acting.now, expiresAt: expiresAt,
            enabled: true, lastUsedAt: nil)
        key.hold = try await database.transaction(in: acting.scope) { [key] tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard try await SSHKeyStore.countGood(of: acting.user, at: acting.now, in: acting.scope, tx) < SSHKey.most
            else {
                throw IdentityError.tooMany("A person has \(SSHKey.most) keys at most; remove one.")
            }
            acting.audit.target("ssh-key", key.id.text, name: key.name)
            acting.audit.detail("fingerprint", .string(key.fingerprint))
            try await SSHKeyStore.insert(
                key, publicKey, of: acting.user, madeBy: proof, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            return try await KeyHold.find(acting.user, within: days, at: acting.now, in: acting.scope, tx)
        }
        return key
    }

    /// When the key ends: as the person says, and as late as the company lets it at most.
    private func end(_ wanted: Date?, at now: Date, in scope: TenantScope) async throws -> Date? {
        let days = try await tenants.value(of: Setting.keyDays, in: scope)
        let last = now + TimeInterval(days) * 86_400
        guard let wanted else { return days < Setting.keyAgeless ? last : nil }
        guard wanted > now, wanted <= last else {
            throw Invalid("must be in the future, and \(days) days ahead at most", field: "expiresAt")
        }
        return wanted
    }
}
