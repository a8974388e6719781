import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The rows of people who confirm with their face.
enum FaceFactorStore {
    /// The table, which every sealed vector is bound to.
    static let table = "face_factors"

    static func vector(
        of user: UserID, in scope: TenantScope, _ database: Database
    ) async throws -> [UInt8]? {
        try await database.first(
            "select sealed_vector from face_factors where tenant_id = \(scope.tenant) and user_id = \(user)", in: scope
        ) { try $0.next() }
    }

    static func enrolledAt(_ user: UserID, in scope: TenantScope, _ database: Database) async throws -> Date? {
        try await database.first(
            "select enrolled_at from face_factors where tenant_id = \(scope.tenant) and user_id = \(user)", in: scope
        ) { try $0.next() }
    }

    /// In place of the one before.
    static func put(
        _ vector: SealedValue, of user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into face_factors (tenant_id, user_id, tenant_key_id, sealed_vector, enrolled_at)
            values (\(scope.tenant), \(user), \(vector.tenantKey), \(vector.bytes), \(now))
            on conflict (tenant_id, user_id) do update
              set tenant_key_id = excluded.tenant_key_id, sealed_vector = excluded.sealed_vector,
                enrolled_at = excluded.enrolled_at
            """)
    }

    /// Takes the face away, and whatever waits for it; false if there is none.
    static func remove(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await FaceCheckStore.removeAll(of: user, in: scope, tx)
        let rows = try await tx.execute(
            "delete from face_factors where tenant_id = \(scope.tenant) and user_id = \(user)")
        return rows == 1
    }
}
