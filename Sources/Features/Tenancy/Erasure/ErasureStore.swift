import FoundationEssentials
import Kernel
import Postgres

/// The rows of erasures, and the statements that erase.
struct ErasureStore {
    let database: Database

    /// What is stored of an erasure that was begun.
    struct Begun {
        let id: ErasureID
        let inventory: JSON
        let steps: ErasureSteps
    }

    func find(in scope: TenantScope) async throws -> Begun? {
        try await database.first(
            """
            select erasure_id, inventory, started_at, objects_removed_at, keys_destroyed_at, rows_removed_at
            from tenant_erasures where tenant_id = \(scope.tenant)
            """, in: scope
        ) { row in
            Begun(
                id: try row.next(), inventory: try row.next(),
                steps: ErasureSteps(
                    startedAt: try row.next(), objectsRemovedAt: try row.next(), keysDestroyedAt: try row.next(),
                    rowsRemovedAt: try row.next()))
        }
    }

    func status(of tenant: TenantID, in scope: ProviderScope) async throws -> ErasureStatus? {
        try await database.first(
            """
            select erasure_id, started_at, objects_removed_at, keys_destroyed_at, rows_removed_at, finished_at, proof
            from tenant_erasures where tenant_id = \(tenant)
            """, in: scope
        ) { row in
            ErasureStatus(
                id: try row.next(), startedAt: try row.next(), objectsRemovedAt: try row.next(),
                keysDestroyedAt: try row.next(), rowsRemovedAt: try row.next(), finishedAt: try row.next(),
                proof: try row.next(String?.self).map { try JSONParser.parse(Array($0.utf8)) })
        }
    }

    static func begin(
        _ id: ErasureID, _ inventory: JSON, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into tenant_erasures (tenant_id, erasure_id, started_at, inventory)
            values (\(scope.tenant), \(id), \(now), \(inventory))
            on conflict on constraint tenant_erasures_pk do nothing
            """)
    }

    func noteObjectsRemoved(at now: Date, in scope: TenantScope) async throws {
        try await database.execute(
            "update tenant_erasures set objects_removed_at = \(now) where tenant_id = \(scope.tenant)", in: scope)
    }

    static func noteKeysDestroyed(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "update tenant_erasures set keys_destroyed_at = \(now) where tenant_id = \(scope.tenant)")
    }

    func noteRowsRemoved(at now: Date, in scope: TenantScope) async throws {
        try await database.execute(
            "update tenant_erasures set rows_removed_at = \(now) where tenant_id = \(scope.tenant)", in: scope)
    }

    static func finish(_ proof: String, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update tenant_erasures set finished_at = \(now), proof = \(proof) where tenant_id = \(scope.tenant)
            """)
    }

    /// How many rows each table has of the tenant.
    static func inventory(_ tx: Transaction) async throws -> [(table: String, rows: Int)] {
        try await tx.query("select table_name, row_count from gatehouse_inventory()") {
            (try $0.next(), try $0.next())
        }
    }

    /// Deletes rows, at most so many of each table; nil for all.
    func erase(_ most: Int?, in scope: ErasureScope) async throws -> Int {
        try await database.first("select gatehouse_erase(\(most))", in: scope) { try $0.next(Int.self) } ?? 0
    }

    /// The ids of the tenant's keys, before they are gone.
    static func keys(in scope: TenantScope, _ tx: Transaction) async throws -> [JSON] {
        try await tx.query(
            """
            select tenant_key_id, version, master_key_id from tenant_keys
            where tenant_id = \(scope.tenant) order by version
            """
        ) { row in
            [
                "id": .string(try row.next(TenantKeyID.self).text), "version": .int(Int64(try row.next(Int.self))),
                "masterKey": .string(try row.next()),
            ]
        }
    }

    static func signingKeys(in scope: TenantScope, _ tx: Transaction) async throws -> [JSON] {
        try await tx.query(
            """
            select signing_key_id, purpose from tenant_signing_keys
            where tenant_id = \(scope.tenant) order by purpose, signing_key_id
            """
        ) { row in
            ["id": .string(try row.next(SigningKeyID.self).text), "purpose": .string(try row.next())]
        }
    }

    /// Overwrites the bytes of every key; the rows go with all others, when nothing refers to them any more.
    static func destroyKeys(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("update tenant_keys set wrapped = '' where tenant_id = \(scope.tenant)")
        try await tx.execute("update tenant_signing_keys set sealed = '' where tenant_id = \(scope.tenant)")
    }
}
