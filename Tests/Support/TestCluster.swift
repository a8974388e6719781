import Foundation
import Glibc
import Logging
package import Postgres

/// A private PostgreSQL on a unix socket in a folder of its own, with a migrated database to clone.
///
/// It trades durability for speed, and it is stopped and removed when the test process ends in whatever way. A database is
/// a thousand files: on a disk, making and removing one for each test would take most of the time of all tests.
package final class TestCluster: Sendable {
    package static let template = "gatehouse_template"

    /// The port on loopback, if it speaks TLS; the certificate is for `localhost` and signed by itself.
    package let tlsPort: Int?
    private let folder: TemporaryFolder
    private let cleanUp: Keeper.Task

    package var certificate: String { folder.file("data/server.crt") }

    /// Starts one: about two seconds. Most tests want `TestDatabase`, which shares one cluster.
    package init(tls: Bool = false) async throws {
        tlsPort = tls ? FreePort.next() : nil
        folder = TemporaryFolder(prefix: "gatehouse-pg", inMemory: true)
        let data = folder.file("data")
        if geteuid() == 0 { try await ChildProcess.run(["chown", "postgres:", folder.path]) }
        let stop = Self.program("pg_ctl", ["-D", data, "-m", "immediate", "-s", "stop"])
        cleanUp = Keeper.atEnd("\(stop.map { "'\($0)'" }.joined(separator: " ")) > /dev/null 2>&1")
        try await ChildProcess.run(
            Self.program(
                "initdb",
                ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]))
        if tls { try await Self.makeCertificate(data) }
        let network =
            tlsPort.map { "listen_addresses = '127.0.0.1'\nport = \($0)\nssl = on" } ?? "listen_addresses = ''"
        let settings = """
            \(network)
            unix_socket_directories = '\(folder.path)'
            unix_socket_permissions = 0777
            max_connections = 400
            shared_buffers = 32MB
            max_wal_size = 256MB
            fsync = off
            synchronous_commit = off
            full_page_writes = off
            autovacuum = off
            log_min_messages = fatal
            log_min_error_statement = panic
            """
        let file = try FileHandle(forWritingTo: URL(filePath: "\(data)/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\n\(settings)\n".utf8))
        try file.close()
        try await control("start")
        try await prepare()
    }

    deinit {
        let stop = Self.program("pg_ctl", ["-D", folder.file("data"), "-m", "immediate", "-s", "stop"])
        if let pid = try? Spawn.start(stop) { _ = Spawn.wait(pid) }
        cleanUp.takeBack()
    }

    /// A program of PostgreSQL, which refuses to run as root.
    package static func program(_ name: String, _ arguments: [String]) -> [String] {
        let command = ["\(programs)/\(name)"] + arguments
        guard geteuid() == 0 else { return command }
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command
    }

    private static let programs: String = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        return versions.max().map { "\(root)/\($0)/bin" } ?? "/usr/bin"
    }()

    /// How a role reaches a database of this cluster.
    package func configuration(
        _ database: String, user: String = "gatehouse_app", connections: Int = 4,
        acquireTimeout: Duration = .seconds(30), statementTimeout: Duration = .seconds(30)
    ) -> DatabaseConfiguration {
        DatabaseConfiguration(
            host: folder.path, port: tlsPort ?? 5432, database: database, user: user, connections: connections,
            acquireTimeout: acquireTimeout, statementTimeout: statementTimeout)
    }

    /// Restarts the server, `fast` (statements get a farewell) or `immediate` (they do not).
    package func restart(_ mode: String = "fast") async throws {
        try await control("restart", ["-m", mode])
    }

    package func stop(_ mode: String = "fast") async throws {
        try await control("stop", ["-m", mode])
    }

    package func start() async throws {
        try await control("start")
    }

    /// Runs statements as the superuser, for what only a superuser may do.
    package func superuser(_ script: String, database: String = "postgres") async throws {
        let connection = try await OwnerConnection(configuration(database, user: "postgres"))
        defer { connection.close() }
        try await connection.run(script: script)
    }

    /// The text of pg_dump for a database.
    package func dump(_ database: String, _ arguments: [String] = ["--schema-only", "--no-owner"]) async throws
        -> String
    {
        try await ChildProcess.run(
            Self.program(
                "pg_dump",
                ["-h", folder.path, "-p", "\(tlsPort ?? 5432)", "-U", "postgres", "-d", database] + arguments))
    }

    private static func makeCertificate(_ data: String) async throws {
        try await ChildProcess.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
            "-keyout", "\(data)/server.key", "-out", "\(data)/server.crt",
        ])
        if geteuid() == 0 {
            try await ChildProcess.run(["chown", "postgres:", "\(data)/server.key", "\(data)/server.crt"])
        }
    }

    private func control(_ action: String, _ arguments: [String] = []) async throws {
        try await ChildProcess.run(
            Self.program(
                "pg_ctl", ["-D", folder.file("data"), "-l", folder.file("log"), "-w", "-s"] + arguments + [action]))
    }

    private func prepare() async throws {
        try await superuser(
            "create role gatehouse_owner login createrole createdb;")
        try await superuser("create database \(Self.template) owner gatehouse_owner")
        let migrator = Migrator(
            directory: Repository.path("Migrations"),
            adminConfiguration: configuration(Self.template, user: "gatehouse_owner"), logger: Logger(label: "migrator")
        )
        try await migrator.run()
    }
}
