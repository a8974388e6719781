package import FoundationEssentials
package import Kernel
import Postgres

/// Rows of other features that a test needs and is not about: written straight into the tables.
extension TestDatabase {
    /// Somebody who may sign in.
    package func makeUser(_ login: String = "ada", name: String = "Ada", in scope: TenantScope) async throws -> UserID {
        let id = UserID.new()
        try await database.execute(
            "insert into users (tenant_id, user_id, login, name) values (\(scope.tenant), \(id), \(login), \(name))",
            in: scope)
        return id
    }

    /// A server.
    package func makeAsset(_ name: String = "web-1", in scope: TenantScope) async throws -> AssetID {
        let id = AssetID.new()
        try await database.execute(
            """
            insert into assets (tenant_id, asset_id, name, address)
            values (\(scope.tenant), \(id), \(name), '127.0.0.1')
            """, in: scope)
        return id
    }

    /// A grant by an administrator, which opens nothing: only its state and its end are looked at.
    package func makeGrant(endsAt: Date? = nil, startsAt: Date, in scope: TenantScope) async throws -> GrantID {
        let id = GrantID.new()
        try await database.execute(
            """
            insert into grants (tenant_id, grant_id, name, source, protocols, actions, starts_at, ends_at)
            values (\(scope.tenant), \(id), 'test', 'administrator', '{ssh}', '{connect}', \(startsAt), \(endsAt.bind))
            """, in: scope)
        return id
    }

    /// A gateway worker with keys of no use.
    package func makeWorker(_ name: String = "worker-1", at now: Date) async throws -> WorkerID {
        let id = WorkerID.new()
        let key = [UInt8](repeating: 1, count: 32)
        try await database.execute(
            """
            insert into workers (worker_id, name, pool, signing_key, sealing_key, enrolled_at, last_seen_at)
            values (\(id), \(name), 'default', \(key), \(key), \(now), \(now))
            """, in: SystemScope(reason: "test"))
        return id
    }
}

extension TestDatabase {
    /// A limit of one tenant; a warning is due at four fifths of it.
    package func setLimit(_ kind: String, _ amount: Int?, in scope: TenantScope) async throws {
        try await database.execute(
            """
            update tenant_quotas set hard_limit = \(amount), soft_limit = \(amount.map { ($0 * 4 + 4) / 5 })
            where tenant_id = \(scope.tenant) and kind = \(kind)
            """, in: ProviderScope())
    }

    /// What is counted against a limit.
    package func used(_ kind: String, in scope: TenantScope) async throws -> Int {
        try await database.first(
            "select used from tenant_quotas where tenant_id = \(scope.tenant) and kind = \(kind)", in: scope
        ) { try $0.next(Int.self) } ?? -1
    }
}
