import Foundation
import Glibc
import Kernel
import Logging
import Postgres

/// The installation's own PostgreSQL: on a unix socket only, with passwords, in the installation's folder.
struct PostgresCluster: Sendable {
    static let name = "postgres"
    private static let database = "gatehouse"

    private let data: String
    private let owner: Owner
    private let programs: String
    private let secrets: InstallationSecrets
    /// The folder of its socket.
    let sockets: String

    init(_ installation: Installation, _ secrets: InstallationSecrets) throws {
        let home = "\(installation.folder)/postgres"
        owner = Owner.dropping(to: ["postgres"], below: installation.folder)
        guard geteuid() != 0 || owner != .me else {
            throw CommandFailure("PostgreSQL refuses to run as root, and there is no user postgres. Is it installed?")
        }
        try owner.folder(home)
        data = "\(home)/data"
        let version = FileManager.default.contents(atPath: "\(data)/PG_VERSION")
            .map { String(decoding: $0, as: UTF8.self).filter(\.isNumber) }
        programs = try Programs.postgres(version: version)
        sockets = try installation.sockets(for: Self.name, owner: owner)
        self.secrets = secrets
    }

    var isNew: Bool { access("\(data)/PG_VERSION", F_OK) != 0 }

    /// Makes the cluster under another name first, so that one that broke off half-way is never taken for whole.
    func create() async throws {
        let draft = "\(data).new"
        try? FileManager.default.removeItem(atPath: draft)
        let passwordFile = "\(sockets)/password"
        try PrivateFile.write(Array((secrets.superuser + "\n").utf8), to: passwordFile)
        defer { unlink(passwordFile) }
        try owner.give(passwordFile)
        let result = try await Tool.run(
            [
                "\(programs)/initdb", "-D", draft, "-U", "postgres", "--auth=scram-sha-256", "--pwfile=\(passwordFile)",
                "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
            ], as: owner)
        guard result.succeeded else {
            throw CommandFailure("The PostgreSQL cluster could not be made:\n\(result.output)")
        }
        guard rename(draft, data) == 0 else {
            throw CommandFailure("\(data) cannot be made: \(String(cString: strerror(errno))).")
        }
    }

    /// Removes the mark of a server that is gone for certain. PostgreSQL does that itself unless the number in it is
    /// meanwhile another program's: then it refuses to start.
    func removeStaleMark() -> Bool {
        let mark = "\(data)/postmaster.pid"
        guard let text = FileManager.default.contents(atPath: mark),
            let number = String(decoding: text, as: UTF8.self).split(separator: "\n").first.flatMap({ pid_t($0) })
        else { return false }
        let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/cwd")
        // A PostgreSQL that runs has its data as its working folder.
        guard folder != data else { return false }
        return unlink(mark) == 0
    }

    var part: Part {
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(sockets)", "unix_socket_permissions=0777",
            "max_connections=100", "shared_buffers=128MB", "password_encryption=scram-sha-256",
            "log_destination=stderr", "logging_collector=off", "log_line_prefix=%m [%p] ", "log_timezone=UTC",
            "timezone=UTC", "log_checkpoints=off",
        ]
        var command = ChildCommand(words: ["\(programs)/postgres", "-D", data] + settings.flatMap { ["-c", $0] })
        command.signalWhenOrphaned = "INT"
        command.owner = owner
        let configuration = configuration(user: "postgres", password: secrets.superuser, database: "postgres")
        return Part(
            name: Self.name, command: command, stopSignal: SIGINT, grace: .seconds(60), patience: .seconds(120),
            isReady: {
                guard let connection = try? await OwnerConnection(configuration) else { return false }
                connection.close()
                return true
            })
    }

    /// Roles, database and schema; says which migrations were applied.
    func provision(migrations: String) async throws -> [String] {
        let admin = try await OwnerConnection(
            configuration(user: "postgres", password: secrets.superuser, database: "postgres"))
        defer { admin.close() }
        let existing = try await admin.query("select rolname from pg_roles") { try $0.next(String.self) }
        if !existing.contains("gatehouse_owner") {
            try await admin.run(script: "create role gatehouse_owner login createrole")
        }
        // The passwords are our own random ones: nothing in them needs quoting.
        try await admin.run(script: "alter role gatehouse_owner password '\(secrets.owner)'")
        let databases = try await admin.query("select datname from pg_database") { try $0.next(String.self) }
        if !databases.contains(Self.database) {
            try await admin.run(script: "create database \(Self.database) owner gatehouse_owner")
        }
        let owner = configuration(user: "gatehouse_owner", password: secrets.owner, database: Self.database)
        let migrator = Migrator(
            directory: migrations, adminConfiguration: owner,
            logger: Logger(label: "migrate") { _ in SwiftLogNoOpLogHandler() })
        let applied = try await migrator.run()
        try await MonthlyParts(adminConfiguration: owner).attach()
        try await admin.run(script: "alter role gatehouse_app password '\(secrets.app)'")
        return applied
    }

    /// What the server's configuration says about it.
    var settings: JSON {
        [
            "host": .string(sockets), "port": 5432, "name": .string(Self.database), "user": "gatehouse_app",
            "password": .string(secrets.app),
        ]
    }

    private func configuration(user: String, password: String, database: String) -> DatabaseConfiguration {
        DatabaseConfiguration(host: sockets, database: database, user: user, password: Secret(password))
    }
}
