import Synchronization

/// Statements that succeed or fail together, lent to the body of `Database.transaction`; refused afterwards.
///
/// `begin` and the scope ride with the first statement, and what is enqueued with the next one, so a transaction costs a
/// round trip for each statement that somebody waits for, and one for the end.
package final class Transaction: Sendable {
    fileprivate enum Phase {
        case fresh
        case open(Connection)
        case failed(Connection?, any Error)
        case ended
    }
    fileprivate struct State {
        var phase = Phase.fresh
        var isBusy = false
        /// What goes with the next trip.
        var queue: [Trip.Statement] = []
    }

    /// So many statements wait for the next trip; then one is made for them.
    private static let longestQueue = 32

    private let pool: Pool
    private let opening: [Trip.Statement]
    private let state = Mutex(State())

    init(_ pool: Pool, _ scope: SQL, _ level: IsolationLevel) {
        self.pool = pool
        opening = [.control(level.begin), .sql(scope)]
    }

    /// Runs a statement and reads its rows.
    package func query<Value>(_ sql: SQL, _ decode: (inout Row) throws -> Value) async throws -> [Value] {
        try await trip(sql).decode(decode)
    }

    /// Runs a statement and reads its first row, if it has one.
    package func first<Value>(_ sql: SQL, _ decode: (inout Row) throws -> Value) async throws -> Value? {
        try await trip(sql).decodeFirst(decode)
    }

    /// Runs two statements in one trip, for what is asked together and told by two, and reads the first row of each.
    package func first<One, Other>(
        _ one: SQL, _ decodeOne: (inout Row) throws -> One,
        and other: SQL, _ decodeOther: (inout Row) throws -> Other
    ) async throws -> (One?, Other?) {
        let results = try await trip([one, other])
        return (try results[0].decodeFirst(decodeOne), try results[1].decodeFirst(decodeOther))
    }

    /// Runs a statement and tells how many rows it changed.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> Int {
        try await trip(sql).affected
    }

    /// Sends a statement with the next one, at the latest with the commit, which saves its trip.
    ///
    /// For a change whose outcome nobody waits for. An error of it ends the transaction, and is thrown by that trip.
    package func enqueue(_ sql: SQL) async throws {
        let isFull = try state.withLock { state in
            try state.checkUsable()
            guard state.queue.count + 1 < Self.longestQueue else { return true }
            state.queue.append(.sql(sql))
            return false
        }
        if isFull { try await execute(sql) }
    }

    private func trip(_ sql: SQL) async throws -> QueryResult {
        try await trip([sql])[0]
    }

    private func trip(_ statements: [SQL]) async throws -> [QueryResult] {
        let (connection, queued) = try enter()
        let statements = queued + statements.map(Trip.Statement.sql)
        do {
            if let connection {
                let results = try await connection.run(statements)
                leave(.open(connection))
                return Array(results[queued.count...])
            }
            let (opened, results) = try await pool.firstTrip(opening + statements)
            leave(.open(opened))
            return Array(results[(opening.count + queued.count)...])
        } catch {
            let error = (error as? TripFailure)?.error ?? error
            leave(.failed(connection, error))
            throw error
        }
    }

    /// Claims the connection, which makes one trip at a time (nil before the first), and what goes with this one.
    private func enter() throws -> (Connection?, [Trip.Statement]) {
        try state.withLock { state in
            try state.checkUsable()
            state.isBusy = true
            defer { state.queue = [] }
            if case .open(let connection) = state.phase { return (connection, state.queue) }
            return (nil, state.queue)
        }
    }

    private func leave(_ phase: Phase) {
        state.withLock { state in
            state.phase = phase
            state.isBusy = false
        }
    }

    private func end() -> (Phase, [Trip.Statement]) {
        state.withLock { state in
            precondition(!state.isBusy, "a statement of a transaction outlived its closure")
            defer {
                state.phase = .ended
                state.queue = []
            }
            return (state.phase, state.queue)
        }
    }

    func commit() async throws {
        switch end() {
        case (.ended, _): return
        case (.fresh, let queued):
            guard !queued.isEmpty else { return }
            let (connection, _) = try await pool.firstTrip(opening + queued)
            try await commit([], on: connection)
        case (.failed(let connection, let error), _):
            await rollBack(connection)
            throw error
        case (.open(let connection), let queued): try await commit(queued, on: connection)
        }
    }

    private func commit(_ queued: [Trip.Statement], on connection: Connection) async throws {
        do {
            let results = try await connection.runToEnd(queued + [.control("commit")])
            guard results.last?.commandTag == "COMMIT" else {
                throw DatabaseError(sqlState: "40000", message: "the server rolled the transaction back")
            }
            pool.release(connection)
        } catch {
            // An error of what was enqueued leaves the transaction open; after all others this does nothing.
            await rollBack(connection)
            guard let failure = error as? TripFailure else { throw error }
            guard failure.kind == .lost || failure.kind == .terminated else { throw failure.error }
            throw DatabaseError(
                sqlState: "08007",
                message: "the connection broke while committing, so the outcome is unknown: \(failure.error.message)")
        }
    }

    func rollBack() async {
        switch end().0 {
        case .fresh, .ended: break
        case .failed(let connection, _): await rollBack(connection)
        case .open(let connection): await rollBack(connection)
        }
    }

    private func rollBack(_ connection: Connection?) async {
        guard let connection else { return }
        // If even this fails, the transaction is still open and `release` discards the connection.
        _ = try? await connection.runToEnd([.control("rollback")])
        pool.release(connection)
    }
}

extension Transaction.State {
    fileprivate func checkUsable() throws(DatabaseError) {
        if isBusy { throw DatabaseError(sqlState: "55006", message: "a transaction runs one statement at a time") }
        switch phase {
        case .fresh, .open: break
        case .failed(_, let error):
            throw DatabaseError(sqlState: "25P02", message: "the transaction has failed already: \(error)")
        case .ended:
            throw DatabaseError(sqlState: "25P01", message: "the transaction has ended; use it inside its closure")
        }
    }
}
