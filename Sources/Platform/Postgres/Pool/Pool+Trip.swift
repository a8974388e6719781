extension Pool {
    /// Leases a connection for one trip.
    func trip(_ statements: [Trip.Statement]) async throws -> [QueryResult] {
        let (connection, results) = try await firstTrip(statements)
        release(connection)
        return results
    }

    /// Leases a connection and makes a trip with it; the caller releases it.
    ///
    /// What the server cannot have committed is sent again: always when nothing was begun, once when the server said
    /// goodbye in the middle (a restart, a killed connection) or no longer likes a prepared statement (a migration).
    func firstTrip(_ statements: [Trip.Statement]) async throws -> (Connection, [QueryResult]) {
        var mayRepeat = true
        while true {
            let connection = try await acquire()
            do {
                return (connection, try await connection.run(statements))
            } catch let failure as TripFailure {
                release(connection)
                switch failure.kind {
                case .notBegun: continue
                case .terminated where mayRepeat, .stale where mayRepeat: mayRepeat = false
                default: throw failure.error
                }
            } catch {
                release(connection)
                throw error
            }
        }
    }
}
