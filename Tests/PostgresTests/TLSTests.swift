import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// The way over the network: a server on loopback with a certificate of its own.
@Suite(.timeLimit(.minutes(5)))
struct TLSTests {
    private static let cluster = Task { try await TestCluster(tls: true) }
    private let scope = SystemScope(reason: "test")

    private func configuration(_ cluster: TestCluster, _ host: String, _ tls: DatabaseConfiguration.TLS)
        -> DatabaseConfiguration
    {
        var configuration = cluster.configuration(TestCluster.template, acquireTimeout: .seconds(2))
        configuration.host = host
        configuration.tls = tls
        configuration.certificateAuthorities = cluster.certificate
        return configuration
    }

    @Test func `statements, large results, cancellation and notifications work over TLS`() async throws {
        let cluster = try await Self.cluster.value
        let database = Database(configuration: configuration(cluster, "localhost", .verifyFull), logger: quiet)
        defer { database.close() }
        let isEncrypted: SQL = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
        // A role sees this only of its own connections, so the tenant's role asks.
        let tenant = TenantScope(tenant: .new())
        #expect(try await database.first(isEncrypted, in: tenant) { try $0.next(Bool.self) } == true)

        // Sizes around the 16 KiB of a record, where something may be left below TLS.
        for size in [8191, 8192, 16383, 16384, 16385, 40_000, 1_000_000, 30_000_000] {
            let text = try await database.first("select repeat('x', \(size))", in: scope) { try $0.next(String.self) }
            #expect(text?.utf8.count == size)
        }
        let bytes = [UInt8](repeating: 1, count: 5_000_000)
        #expect(
            try await database.first("select length(\(bytes)::bytea)", in: scope) { try $0.next(Int.self) } == 5_000_000
        )

        let task = Task { try await database.execute("select pg_sleep(30)", in: scope) }
        try await eventually("it runs") { database.statistics.busy == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }

        var events = database.notifications("things").makeAsyncIterator()
        #expect(await events.next() == "")
        try await database.execute("select pg_notify('things', 'hello')", in: scope)
        #expect(await events.next() == "hello")
    }

    @Test func `a certificate for another name is refused`() async throws {
        let cluster = try await Self.cluster.value
        let database = Database(configuration: configuration(cluster, "127.0.0.1", .verifyFull), logger: quiet)
        defer { database.close() }
        #expect(await sqlState { try await database.execute("select 1", in: scope) } == "08001")
    }
}
