package import HTTPAPI
package import Kernel
import Postgres

// Keys with which programs sign.
extension Identity {
    package func accessKeys(_ page: PageRequest, _ acting: Acting) async throws -> Rows<AccessKey> {
        Rows(try await AccessKeyStore.list(of: acting.user, page, in: acting.scope, database), of: page)
    }

    package func createAccessKey(
        _ request: CreateAccessKeyRequest, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> CreatedAccessKey {
        try await CreateAccessKey(database: database, keys: keys)(request, Proof(caller), acting)
    }

    package func setAccessKey(
        enabled: Bool, _ id: AccessKeyID, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> AccessKey {
        try await ChangeAccessKey(database: database).set(enabled: enabled, id, Proof(caller), acting)
    }

    package func removeAccessKey(_ id: AccessKeyID, _ acting: Acting) async throws {
        try await ChangeAccessKey(database: database).remove(id, acting)
    }
}
