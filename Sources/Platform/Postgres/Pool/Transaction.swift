import Synchronization

/// Statements that succeed or fail together, lent to the body of `Database.transaction`; refused afterwards.
///
/// `begin` and the scope ride with the first statement, so a transaction of n statements costs n + 1 round trips.
package final class Transaction: Sendable {
    private enum Phase {
        case fresh
        case open(Connection)
        case failed(Connection?, any Error)
        case ended
    }
    private struct State {
        var phase = Phase.fresh
        var isBusy = false
    }

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

    /// Runs a statement and tells how many rows it changed.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> Int {
        try await trip(sql).affected
    }

    private func trip(_ sql: SQL) async throws -> QueryResult {
        let connection = try enter()
        do {
            if let connection {
                let results = try await connection.run([.sql(sql)])
                leave(.open(connection))
                return results[0]
            }
            let (opened, results) = try await pool.firstTrip(opening + [.sql(sql)])
            leave(.open(opened))
            return results[opening.count]
        } catch {
            let error = (error as? TripFailure)?.error ?? error
            leave(.failed(connection, error))
            throw error
        }
    }

    /// Claims the connection, which serves one statement at a time; nil before the first.
    private func enter() throws -> Connection? {
        try state.withLock { state in
            guard !state.isBusy else {
                throw DatabaseError(sqlState: "55006", message: "a transaction runs one statement at a time")
            }
            let connection: Connection?
            switch state.phase {
            case .fresh: connection = nil
            case .open(let open): connection = open
            case .failed(_, let error):
                throw DatabaseError(sqlState: "25P02", message: "the transaction has failed already: \(error)")
            case .ended:
                throw DatabaseError(sqlState: "25P01", message: "the transaction has ended; use it inside its closure")
            }
            state.isBusy = true
            return connection
        }
    }

    private func leave(_ phase: Phase) {
        state.withLock { state in
            state.phase = phase
            state.isBusy = false
        }
    }

    private func end() -> Phase {
        state.withLock { state in
            precondition(!state.isBusy, "a statement of a transaction outlived its closure")
            defer { state.phase = .ended }
            return state.phase
        }
    }

    func commit() async throws {
        switch end() {
        case .fresh, .ended: return
        case .failed(let connection, let error):
            await rollBack(connection)
            throw error
        case .open(let connection):
            defer { pool.release(connection) }
            do {
                let results = try await connection.runToEnd([.control("commit")])
                guard results.first?.commandTag == "COMMIT" else {
                    throw DatabaseError(sqlState: "40000", message: "the server rolled the transaction back")
                }
            } catch let failure as TripFailure {
                guard failure.kind == .lost || failure.kind == .terminated else { throw failure.error }
                throw DatabaseError(
                    sqlState: "08007",
                    message:
                        "the connection broke while committing, so the outcome is unknown: \(failure.error.message)")
            }
        }
    }

    func rollBack() async {
        switch end() {
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
