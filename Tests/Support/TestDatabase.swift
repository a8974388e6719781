import FoundationEssentials
package import Kernel
import Logging
package import Postgres
import Synchronization

/// A database of its own with all migrations applied, cloned in some 50 ms and dropped with this object.
///
///     @Suite struct ThingStoreTests {
///         let test: TestDatabase
///         init() async throws { test = try await TestDatabase() }
///     }
package final class TestDatabase: Sendable {
    package let cluster: TestCluster
    package let name: String
    /// The database as the application sees it.
    package let database: Database
    package let configuration: DatabaseConfiguration
    /// The role that owns the schema.
    package let ownerConfiguration: DatabaseConfiguration
    private let slot: Int

    package init(
        on cluster: TestCluster? = nil, connections: Int = 4, acquireTimeout: Duration = .seconds(30),
        statementTimeout: Duration = .seconds(30)
    ) async throws {
        slot = await DatabaseSlots.shared.take()
        let cluster = if let cluster { cluster } else { try await SharedCluster.shared.cluster() }
        self.cluster = cluster
        name = try await SharedCluster.shared.clone(on: cluster)
        configuration = cluster.configuration(
            name, connections: connections, acquireTimeout: acquireTimeout, statementTimeout: statementTimeout)
        ownerConfiguration = cluster.configuration(name, user: "gatehouse_owner")
        database = Database(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    deinit {
        database.close()
        // Nobody waits for it; the folder of the cluster goes away anyway.
        Task { [cluster, name, slot] in
            await DatabaseSlots.shared.give(slot)
            try? await cluster.superuser("drop database if exists \(name) with (force)")
        }
    }

    /// A connection of the owner, for what a test looks at behind the application's back.
    package func owner() async throws -> OwnerConnection {
        try await OwnerConnection(ownerConfiguration)
    }

    /// A connection of the superuser, whom row-level security does not bind.
    package func superuser() async throws -> OwnerConnection {
        try await OwnerConnection(cluster.configuration(name, user: "postgres"))
    }

    /// Returns once somebody waits for what somebody else holds.
    package func untilSomebodyWaitsForALock() async throws {
        let superuser = try await superuser()
        defer { superuser.close() }
        try await eventually("somebody waits for a lock") {
            try await superuser.query(
                """
                select 1 from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """
            ) { try $0.next(Int.self) }.isEmpty == false
        }
    }

    /// A new tenant, without keys or people.
    package func makeTenant(_ slug: String? = nil) async throws -> TenantScope {
        let id = TenantID.new()
        let slug = slug ?? "t" + id.uuid.uuidString.lowercased()
        try await database.execute(
            "insert into tenants (tenant_id, slug, name) values (\(id), \(slug), \(slug))", in: ProviderScope())
        return TenantScope(tenant: id)
    }
}

/// The one cluster of a test process.
private actor SharedCluster {
    static let shared = SharedCluster()

    private var starting: Task<TestCluster, any Error>?
    private var clones = 0

    func cluster() async throws -> TestCluster {
        let task = starting ?? Task { try await TestCluster() }
        starting = task
        return try await task.value
    }

    func clone(on cluster: TestCluster) async throws -> String {
        clones += 1
        let name = "test_\(clones)"
        try await cluster.superuser(
            "create database \(name) template \(TestCluster.template) owner gatehouse_owner strategy file_copy")
        return name
    }
}
