package import Kernel
package import Logging
import ServiceLifecycle

/// The way to the rows. Every call names the scope in which it runs, and row-level security holds it to that.
///
/// A statement, its scope and its commit go to the server in one round trip; no thread waits for the answer. When the
/// server restarts, statements wait for it up to the acquire timeout; what it had not begun is sent again.
package final class Database: Service, Sendable {
    let pool: Pool
    private let loop: EventLoop
    private let listener: NotificationListener
    private let logger: Logger

    /// Opens nothing yet: the first statement does.
    package init(configuration: DatabaseConfiguration, logger: Logger) {
        loop = EventLoop()
        pool = Pool(configuration, loop: loop, logger: logger)
        listener = NotificationListener(configuration, loop: loop, logger: logger)
        self.logger = logger
    }

    deinit { close() }

    /// Keeps the connections until the services that use them have stopped.
    package func run() async throws {
        try? await gracefulShutdown()
        close()
    }

    /// Closes all connections. What still waits for one gets an error.
    package func close() {
        pool.close()
        listener.close()
        loop.stop()
    }

    package var statistics: PoolStatistics { pool.statistics }

    /// Whether the statements of this task let those of others go first.
    @TaskLocal static var letsOthersGoFirst = false

    /// Does something of which there may be more than there is room for, such as what strangers ask: its statements wait
    /// while others do, and never have all connections, so that no flood of them keeps others from theirs.
    package static func lettingOthersGoFirst<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        try await $letsOthersGoFirst.withValue(true) { try await work() }
    }

    /// Runs a statement and reads its rows.
    package func query<Value>(
        _ sql: SQL, in scope: some Scope, lasting durability: Durability = .full,
        _ decode: (inout Row) throws -> Value
    ) async throws -> [Value] {
        try await trip(sql, in: scope, durability).decode(decode)
    }

    /// Runs a statement and reads its first row, if it has one.
    package func first<Value>(
        _ sql: SQL, in scope: some Scope, lasting durability: Durability = .full,
        _ decode: (inout Row) throws -> Value
    ) async throws -> Value? {
        try await trip(sql, in: scope, durability).decodeFirst(decode)
    }

    /// Runs a statement and tells how many rows it changed. An impatient one gives up after two seconds if others hold
    /// what it changes.
    @discardableResult
    package func execute(
        _ sql: SQL, in scope: some Scope, lasting durability: Durability = .full, impatiently isImpatient: Bool = false
    ) async throws -> Int {
        try await trip(sql, in: scope, durability, isImpatient).affected
    }

    /// Runs statements that succeed or fail together: committed when `body` returns, rolled back when it throws.
    ///
    /// A connection is taken with the first statement, so work before it holds none. An error of a statement ends the
    /// transaction even if `body` catches it. A serialization failure is thrown for the caller to try again.
    package func transaction<Value>(
        in scope: some Scope, isolation level: IsolationLevel = .readCommitted, lasting durability: Durability = .full,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        let transaction = Transaction(pool, try ScopeStatement.sql(for: scope, durability), level)
        log(scope)
        let value: Value
        do {
            value = try await body(transaction)
        } catch {
            await transaction.rollBack()
            throw error
        }
        try await transaction.commit()
        return value
    }

    /// What is sent with `notify` on a channel, from any connection that commits it.
    ///
    /// Yields an empty text each time listening has (again) begun, and when texts had to be dropped because nobody read
    /// them: then something may have been missed, and the reader looks at the tables.
    package func notifications(_ channel: String) -> AsyncStream<String> {
        listener.stream(channel)
    }

    private func trip(
        _ sql: SQL, in scope: some Scope, _ durability: Durability, _ isImpatient: Bool = false
    ) async throws -> QueryResult {
        let setting = try ScopeStatement.sql(for: scope, durability, isImpatient)
        let statements: [Trip.Statement] = [.sql(setting), .sql(sql)]
        log(scope)
        return try await pool.trip(statements)[1]
    }

    private func log(_ scope: some Scope) {
        guard logger.logLevel <= .trace, let system = scope as? SystemScope else { return }
        logger.trace("A statement runs for the system", metadata: ["reason": "\(system.reason)"])
    }
}

/// What is left of a commit when the database server's machine goes down in the moment after it.
package enum Durability: Sendable {
    /// All of it: the commit waits for the disk.
    case full
    /// Perhaps nothing, but then nothing of what came after it either. It waits for no disk: for calls to others, and for
    /// what is done again when it is found undone.
    case brief
}

/// How much a transaction sees of others that run at the same time.
package enum IsolationLevel: Sendable {
    case readCommitted, repeatableRead, serializable

    var begin: StaticString {
        switch self {
        case .readCommitted: "begin"
        case .repeatableRead: "begin isolation level repeatable read"
        case .serializable: "begin isolation level serializable"
        }
    }
}
