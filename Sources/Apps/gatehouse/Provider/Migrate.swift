import ArgumentParser
import Cryptography
import Foundation
import Kernel
import Logging
import Postgres

/// Brings a database's schema up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the schema of a database up to date.",
        discussion: """
            Connects as the role that owns the schema:
              gatehouse migrate --admin "host=db.example.com dbname=gatehouse user=gatehouse_owner"
            The password comes from PGPASSWORD or --password-file. Several may run at once: one works, the others wait.
            It also makes the partitions of the next twelve months, with servers running: run it now and then.
            """)

    @OptionGroup var output: OutputOptions
    @Option(
        name: .long,
        help: "Where and who: host=… port=… dbname=… user=… sslmode=disable|require|verify-full sslrootcert=…")
    var admin: String
    @Option(name: .long, help: "A file whose first line is the password.", completion: .file())
    var passwordFile: String?
    @Option(name: .long, help: "The folder of the migrations.", completion: .directory)
    var migrations: String?
    @Flag(name: .long, help: "Change nothing; fail if something waits to be applied.")
    var check = false

    func run() async throws {
        let configuration = try configuration()
        let migrator = Migrator(
            directory: try migrations ?? Programs.migrations(), adminConfiguration: configuration,
            logger: Logger(label: "migrate") { _ in SwiftLogNoOpLogHandler() })
        if check {
            try await migrator.check()
            return output.show(["pending": []], "The schema is up to date.")
        }
        let applied = try await migrator.run()
        let parts = try await MonthlyParts(adminConfiguration: configuration).attach()
        output.show(
            ["applied": .array(applied.map(JSON.string)), "partitions": .array(parts.map(JSON.string))],
            applied.isEmpty ? "The schema is up to date." : "Applied:\n  " + applied.joined(separator: "\n  "))
    }

    private func configuration() throws -> DatabaseConfiguration {
        let words = try ConnectionWords(admin)
        var configuration = DatabaseConfiguration(
            host: words["host"] ?? "/var/run/postgresql", port: words["port"].flatMap(Int.init) ?? 5432,
            database: words["dbname"] ?? "gatehouse", user: words["user"] ?? "gatehouse_owner")
        if let mode = words["sslmode"] {
            guard let tls = DatabaseConfiguration.TLS(rawValue: mode) else {
                throw CommandFailure("sslmode is disable, require or verify-full.")
            }
            configuration.tls = tls
        }
        configuration.certificateAuthorities = words["sslrootcert"]
        if let passwordFile {
            configuration.password = Secret(try SecretSource.read(file: passwordFile).reveal())
        } else if let password = ProcessInfo.processInfo.environment["PGPASSWORD"] {
            configuration.password = Secret(password)
        }
        return configuration
    }
}

/// `host=db user=owner`: the words of a connection, in libpq's notation, as far as it is needed here.
struct ConnectionWords {
    private static let known: Set<String> = ["host", "port", "dbname", "user", "sslmode", "sslrootcert"]
    private var values: [String: String] = [:]

    init(_ text: String) throws {
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw CommandFailure("\(word) is not of the form name=value.") }
            let name = String(parts[0])
            guard name != "password" else {
                throw CommandFailure(
                    "A password in the arguments is seen by everybody: use PGPASSWORD or --password-file.")
            }
            guard Self.known.contains(name) else {
                throw CommandFailure("\(name) is unknown; known are \(Self.known.sorted().joined(separator: ", ")).")
            }
            values[name] = String(parts[1])
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}
