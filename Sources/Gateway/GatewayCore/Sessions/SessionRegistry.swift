package import GatewayContract
package import Kernel
import Synchronization

/// The live sessions of this worker, and whether it may take more.
package final class SessionRegistry: Sendable {
    private struct State {
        var sessions: [SessionID: LiveSession] = [:]
        var closed: String?
    }

    private let state = Mutex(State())

    package init() {}

    package var all: [LiveSession] { state.withLock { Array($0.sessions.values) } }
    package var count: Int { state.withLock { $0.sessions.count } }

    package subscript(id: SessionID) -> LiveSession? { state.withLock { $0.sessions[id] } }

    /// Why no session is taken, in words for the person; nil while they are.
    package var closedReason: String? { state.withLock { $0.closed } }

    package func add(_ session: LiveSession) {
        state.withLock { $0.sessions[session.id] = session }
    }

    package func remove(_ session: LiveSession) {
        state.withLock { _ = $0.sessions.removeValue(forKey: session.id) }
        session.close()
    }

    /// Takes no more sessions; those that live go on.
    package func close(_ reason: String) {
        state.withLock { $0.closed = reason }
    }

    /// Takes sessions again.
    package func reopen() {
        state.withLock { $0.closed = nil }
    }

    /// Ends every session.
    package func endAll(_ reason: EndReason, text: String) {
        for session in all { session.give(.end(reason, text: text)) }
    }
}
