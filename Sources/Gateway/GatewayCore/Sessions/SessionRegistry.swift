package import GatewayContract
package import Kernel
import Synchronization

/// The live sessions of this worker, and whether it may take more.
package final class SessionRegistry: Sendable {
    private struct State {
        var sessions: [SessionID: LiveSession] = [:]
        var closed: String?
        /// Of every tenant that was here since the start: one that leaves and comes back finds its share as it left it.
        var shares: [TenantID: TenantShare] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var all: [LiveSession] { state.withLock { Array($0.sessions.values) } }
    package var count: Int { state.withLock { $0.sessions.count } }

    package subscript(id: SessionID) -> LiveSession? { state.withLock { $0.sessions[id] } }

    /// Why no session is taken, in words for the person; nil while they are.
    package var closedReason: String? { state.withLock { $0.closed } }

    /// Takes a session in, and gives the share that its tenant has of this worker; nil if the tenant has as many
    /// sessions as it may.
    package func add(_ session: LiveSession, within allowance: TenantAllowance = .unlimited) -> TenantShare? {
        state.withLock { state in
            let share = state.shares[session.tenant] ?? TenantShare()
            share.set(allowance)
            state.shares[session.tenant] = share
            if let most = allowance.connections {
                guard state.sessions.values.count(where: { $0.tenant == session.tenant }) < most else { return nil }
            }
            state.sessions[session.id] = session
            return share
        }
    }

    /// What tenants may take as of now.
    func apply(_ leases: [TenantLease]) {
        let shares = state.withLock { $0.shares }
        for lease in leases { shares[lease.tenant]?.set(lease.allowance) }
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
