import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Makes a key with which a program signs its requests as its person.
struct CreateAccessKey {
    let database: Database
    let keys: TenantKeys

    func callAsFunction(
        _ request: CreateAccessKeyRequest, _ proof: Proof, _ acting: Acting
    ) async throws -> CreatedAccessKey {
        // A key that somebody got hold of must not leave another one behind.
        guard proof.key == nil else { throw IdentityError.keysMakeNoKeys }
        let expiresAt = request.expiresAt ?? acting.now + AccessKey.usualLife
        guard expiresAt > acting.now, expiresAt <= acting.now + AccessKey.longestLife else {
            throw Invalid("must be in the future, and a year ahead at most", field: "expiresAt")
        }
        let id = AccessKeyID.new(at: acting.now)
        let secret = request.publicKey == nil ? RandomToken(prefix: AccessKey.prefix).text : nil
        let material = try await material(of: request, secret, for: id, in: acting.scope)
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            let count = try await AccessKeyStore.countGood(of: acting.user, at: acting.now, in: acting.scope, tx)
            guard count < AccessKey.most else {
                throw IdentityError.tooMany("A person has \(AccessKey.most) access keys at most; remove one.")
            }
            try await AccessKeyStore.insert(
                id, request, material, of: acting.user, expiresAt: expiresAt, madeBy: proof, at: acting.now,
                in: acting.scope, tx)
            acting.audit.target("access-key", id.text, name: request.name)
            acting.audit.detail("algorithm", .string(request.algorithm.rawValue))
            acting.audit.detail("sources", .array(request.sources.map { .string($0.text) }))
            try await acting.audit.write(in: tx)
        }
        return CreatedAccessKey(id: id, name: request.name, secret: secret?.reveal(), expiresAt: expiresAt)
    }

    private func material(
        of request: CreateAccessKeyRequest, _ secret: Redacted<String>?, for id: AccessKeyID, in scope: TenantScope
    ) async throws -> AccessKeyStore.Material {
        if let publicKey = request.publicKey { return .publicKey(publicKey.bytes) }
        let bytes = Array((secret?.reveal() ?? "").utf8)
        return .secret(
            try await keys.seal(bytes, table: AccessKeyStore.table, row: id.text, version: 1, in: scope))
    }
}
