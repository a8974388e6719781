import CLibPQ
import Synchronization

/// A connection of the role that owns the schema: for migrations, backups and tests, never for a request.
///
/// It knows no scope. The architecture test names the few files that may use it.
package final class OwnerConnection: Sendable {
    private let handle: Mutex<OpaquePointer?>

    /// Opens the connection.
    package init(_ configuration: DatabaseConfiguration) async throws {
        let owned = try await BlockingCalls.run { Owned(handle: try configuration.connect()) }
        handle = Mutex(owned.handle)
    }

    deinit { close() }

    package func close() {
        handle.withLock { handle in
            if let open = handle { PQfinish(open) }
            handle = nil
        }
    }

    /// Runs any number of statements that return nothing, in one transaction unless they say otherwise.
    package func run(script: String) async throws {
        guard !script.utf8.contains(0) else {
            throw DatabaseError(sqlState: "22021", message: "a script contains the character U+0000")
        }
        try await BlockingCalls.run { [self] in
            try handle.withLock { handle in
                guard let handle else { throw DatabaseError.closed() }
                guard let result = PQexec(handle, script) else { throw DatabaseError.lost("") }
                if let error = QueryResult(result).error { throw error }
            }
        }
    }

    /// Runs one statement and reads its rows.
    package func query<Value: Sendable>(
        _ sql: SQL, _ decode: @escaping @Sendable (inout Row) throws -> Value
    ) async throws -> [Value] {
        try await result(sql).decode(decode)
    }

    /// Runs one statement and tells how many rows it changed.
    @discardableResult
    package func execute(_ sql: SQL) async throws -> Int {
        try await result(sql).affected
    }

    private func result(_ sql: SQL) async throws -> QueryResult {
        let binds = try Binds(sql.binds)
        return try await BlockingCalls.run { [self] in
            try handle.withLock { handle in
                guard let handle else { throw DatabaseError.closed() }
                guard let parsed = PQprepare(handle, "", sql.text, 0, nil) else { throw DatabaseError.lost("") }
                if let error = QueryResult(parsed).error { throw error }
                guard binds.send("", on: handle) else {
                    throw DatabaseError.lost(String(cString: PQerrorMessage(handle)).trimmingSpace)
                }
                var last: QueryResult?
                while let next = PQgetResult(handle) { last = QueryResult(next) }
                guard let last else { throw DatabaseError.lost("") }
                if let error = last.error { throw error }
                return last
            }
        }
    }
}

/// Carries a handle into the lock that owns it from then on.
///
/// Safe because whoever made it gives it away at once.
private struct Owned: @unchecked Sendable {
    let handle: OpaquePointer
}
