import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The row of the service that looks at faces for a company.
enum FaceComponentStore {
    /// The table, which the sealed key is bound to.
    static let table = "face_components"

    /// Whether faces count, as a column of a statement about `users u`.
    static let counts: SQL = """
        exists (
          select from face_components c
          where c.tenant_id = u.tenant_id and c.enabled and c.page_url is not null and c.sealed_key is not null)
        """

    /// What a company has that has said nothing.
    private static func standard(people: Int) -> FaceComponent {
        FaceComponent(pageUrl: nil, enabled: false, liveness: true, keyMadeAt: nil, people: people, version: 1)
    }

    static func find(in scope: TenantScope, _ database: Database) async throws -> FaceComponent {
        try await database.transaction(in: scope) { try await find(in: scope, $0) }
    }

    /// Changes come one after the other from here on.
    static func lock(in scope: TenantScope, _ tx: Transaction) async throws -> FaceComponent {
        try await tx.execute("select from face_components where tenant_id = \(scope.tenant) for update")
        return try await find(in: scope, tx)
    }

    private static func find(in scope: TenantScope, _ tx: Transaction) async throws -> FaceComponent {
        let people =
            try await tx.first("select count(*) from face_factors where tenant_id = \(scope.tenant)") {
                try $0.next(Int.self)
            } ?? 0
        return try await tx.first(
            """
            select page_url, enabled, liveness, key_made_at, version from face_components
            where tenant_id = \(scope.tenant)
            """
        ) { row in
            let page: String? = try row.next()
            return FaceComponent(
                pageUrl: try page.map(FacePage.init(parsing:)), enabled: try row.next(), liveness: try row.next(),
                keyMadeAt: try row.next(), people: people, version: try row.next())
        } ?? standard(people: people)
    }

    /// Where somebody can show their face, whether it counts or not; nil if nowhere.
    static func page(in scope: TenantScope, _ tx: Transaction) async throws -> (page: FacePage, counts: Bool)? {
        try await tx.first(
            """
            select page_url, enabled from face_components
            where tenant_id = \(scope.tenant) and page_url is not null and sealed_key is not null
            """
        ) { (page: try FacePage(parsing: try $0.next(String.self)), counts: try $0.next()) }
    }

    /// By what the component proves itself.
    static func key(
        in scope: TenantScope, _ database: Database
    ) async throws -> (sealed: [UInt8], liveness: Bool)? {
        try await database.first(
            """
            select sealed_key, liveness from face_components
            where tenant_id = \(scope.tenant) and sealed_key is not null
            """, in: scope
        ) { (sealed: try $0.next(), liveness: try $0.next()) }
    }

    /// False if somebody was quicker.
    static func set(
        _ request: SetFaceComponent, from version: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            insert into face_components as c (tenant_id, page_url, enabled, liveness, changed_at, version)
            values (\(scope.tenant), \(request.pageUrl), \(request.enabled), \(request.liveness), \(now), \(version + 1))
            on conflict (tenant_id) do update
              set page_url = excluded.page_url, enabled = excluded.enabled, liveness = excluded.liveness,
                changed_at = excluded.changed_at, version = excluded.version
              where c.tenant_id = \(scope.tenant) and c.version = \(version)
            """)
        return rows == 1
    }

    static func setKey(
        _ key: SealedValue, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into face_components as c (tenant_id, tenant_key_id, sealed_key, key_made_at, changed_at, version)
            values (\(scope.tenant), \(key.tenantKey), \(key.bytes), \(now), \(now), 2)
            on conflict (tenant_id) do update
              set tenant_key_id = excluded.tenant_key_id, sealed_key = excluded.sealed_key,
                key_made_at = excluded.key_made_at, changed_at = excluded.changed_at, version = c.version + 1
              where c.tenant_id = \(scope.tenant)
            """)
    }

    /// Nothing that was begun by the component as it was, or remembered by its word, stays.
    static func forgetWord(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from face_checks where tenant_id = \(scope.tenant)")
        let people = try await tx.query(
            "select distinct user_id from remembered_devices where tenant_id = \(scope.tenant) and factor = 'face'"
        ) { try $0.next(UserID.self) }
        if !people.isEmpty { try await RememberedDeviceStore.forgetAll(of: people, in: scope, tx) }
    }
}
