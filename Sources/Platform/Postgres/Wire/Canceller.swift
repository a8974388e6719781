import CLibPQ

/// Asks the server to stop the statement of one connection.
///
/// Safe because `PQcancel` reads nothing but this object, which never changes, and may be called from any thread at any
/// time (libpq, "Canceling Queries in Progress").
final class Canceller: @unchecked Sendable {
    private let cancel: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let cancel = PQgetCancel(connection) else { return nil }
        self.cancel = cancel
    }

    deinit { PQfreeCancel(cancel) }

    /// Sends the request over a socket of its own, which blocks; `done` follows when the server has taken it.
    func callAsFunction(then done: @escaping @Sendable () -> Void) {
        BlockingCalls.start {
            _ = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) {
                PQcancel(self.cancel, $0.baseAddress, 256)
            }
            done()
        }
    }
}
