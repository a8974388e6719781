import Synchronization

/// What is done to the scope of one statement, as if whoever wrote its store call had forgotten it or taken another's.
package enum ScopeChange: Hashable, Sendable {
    /// There is none: no tenant, and not the role of the system or the provider.
    case dropped
    /// It is that of another tenant, given by its UUID.
    case foreign(String)
}

/// What became of one statement whose scope was changed.
package struct TamperedRun: Sendable {
    /// The database's error, if it gave one: its SQLSTATE.
    package var sqlState: String?
    /// The rows that came back, as they went over the wire.
    package var rows: [[UInt8]] = []
    /// How many rows it wrote; 0 for a statement that only reads.
    package var written = 0
}

/// What the proxies of a server are to do, and what they have seen: shared by all of its connections.
package final class Tampering: Sendable {
    /// In which scope a statement ran.
    package enum Scope: Hashable, Sendable {
        case none
        /// The UUID of the tenant.
        case tenant(String)
        /// `gatehouse_system` or `gatehouse_provider`.
        case role(String)
    }

    private struct State {
        var text: String?
        var change = ScopeChange.dropped
        var runs: [TamperedRun] = []
        var seen: [String: Scope] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Changes the scope of this statement wherever it runs while `body` does; tells what became of it each time.
    package func change<Value>(
        _ change: ScopeChange, of text: String, while body: () async throws -> Value
    ) async rethrows -> (value: Value, runs: [TamperedRun]) {
        state.withLock { state in
            state.text = text
            state.change = change
            state.runs = []
        }
        defer { state.withLock { $0.text = nil } }
        let value = try await body()
        return (value, state.withLock { $0.runs })
    }

    /// The statements that ran while `body` did, with their scopes.
    package func statements(while body: () async throws -> Void) async rethrows -> [String: Scope] {
        state.withLock { $0.seen = [:] }
        try await body()
        return state.withLock { $0.seen }
    }

    func change(for text: String, in scope: Scope) -> ScopeChange? {
        state.withLock { state in
            state.seen[text] = scope
            guard state.text == text else { return nil }
            // What that tenant itself does in the background is no call of another's: there is nothing to change.
            if case .foreign(let tenant) = state.change, case .tenant(let own) = scope,
                tenant.lowercased() == own.lowercased()
            {
                return nil
            }
            return state.change
        }
    }

    func add(_ run: TamperedRun) {
        state.withLock { $0.runs.append(run) }
    }
}
