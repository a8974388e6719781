package import Logging

/// Brings the schema up to date with the files of a folder, each applied once, in order, in a transaction of its own.
///
/// Several programs may start at once: an advisory lock lets one of them work while the others wait. Applied files are
/// remembered with their SHA-256 in `gatehouse_migrations`, so an edited, lost or late file is refused. A text that
/// had to be replaced after all is listed in the folder's `replaced`.
package struct Migrator: Sendable {
    private let folder: String
    private let configuration: DatabaseConfiguration
    private let logger: Logger

    /// The configuration is that of the role that owns the schema.
    package init(directory: String, adminConfiguration: DatabaseConfiguration, logger: Logger) {
        folder = directory
        configuration = adminConfiguration
        self.logger = logger
    }

    /// Applies what is not applied yet and returns the names.
    @discardableResult
    package func run() async throws -> [String] {
        let connection = try await OwnerConnection(configuration)
        defer { connection.close() }
        // The lock belongs to the connection, so it goes away with it whatever happens.
        try await connection.run(script: "set lock_timeout = 0; set statement_timeout = 0")
        try await connection.execute("select pg_advisory_lock(\(Self.lock))")
        try await connection.run(script: Self.bookkeeping)
        let pending = try await pending(connection)
        for migration in pending {
            logger.info("Applying a migration", metadata: ["migration": "\(migration.name)"])
            try await apply(migration, connection)
        }
        return pending.map(\.name)
    }

    /// Throws unless every file was applied exactly as it is.
    package func check() async throws {
        let connection = try await OwnerConnection(configuration)
        defer { connection.close() }
        let exists = try await connection.query("select to_regclass('gatehouse_migrations') is not null") {
            try $0.next(Bool.self)
        }
        let pending =
            exists == [true] ? try await pending(connection) : try Migration.all(in: folder)
        guard pending.isEmpty else { throw MigrationError.pending(pending.map(\.name)) }
    }

    private static let lock = 0x6761_7465_686f_7573  // "gatehous"
    private static let bookkeeping = """
        create table if not exists gatehouse_migrations (
          name text not null,
          sha256 text not null,
          applied_at timestamptz not null default now(),
          constraint gatehouse_migrations_pk primary key (name)
        );
        comment on table gatehouse_migrations is 'Which files of Migrations/ were applied, and their SHA-256';
        """

    private func pending(_ connection: OwnerConnection) async throws -> [Migration] {
        let files = try Migration.all(in: folder)
        let applied = try await connection.query("select name, sha256 from gatehouse_migrations order by name") { row in
            (name: try row.next(String.self), sha256: try row.next(String.self))
        }
        for (name, sha256) in applied {
            guard let file = files.first(where: { $0.name == name }) else { throw MigrationError.missing(name) }
            let texts = file.replaced + [try await hash(file, connection)]
            guard texts.contains(sha256) else { throw MigrationError.edited(name) }
        }
        let pending = files.filter { file in !applied.contains { $0.name == file.name } }
        if let last = applied.last?.name, let early = pending.first(where: { $0.name < last }) {
            throw MigrationError.outOfOrder(early.name, appliedAlready: last)
        }
        return pending
    }

    private func hash(_ migration: Migration, _ connection: OwnerConnection) async throws -> String {
        let hashes = try await connection.query("select encode(sha256(\(Array(migration.script.utf8))), 'hex')") {
            try $0.next(String.self)
        }
        return hashes[0]
    }

    private func apply(_ migration: Migration, _ connection: OwnerConnection) async throws {
        let sha256 = try await hash(migration, connection)
        do {
            try await connection.run(script: "begin")
            // A big change may take long, but it must not keep requests waiting for its locks for ever.
            try await connection.run(script: "set local lock_timeout = '30s'")
            try await connection.run(script: migration.script)
            try await connection.execute(
                "insert into gatehouse_migrations (name, sha256) values (\(migration.name), \(sha256))")
            try await connection.run(script: "commit")
        } catch let error as DatabaseError {
            try? await connection.run(script: "rollback")
            throw MigrationError.failed(migration.name, error)
        }
    }
}
