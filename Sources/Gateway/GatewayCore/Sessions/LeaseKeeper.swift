import FoundationEssentials
import GatewayContract
package import Logging
import ServiceLifecycle

/// Renews the leases of all sessions, and acts on what the answer says. The event stream is speed; this is the truth.
package struct LeaseKeeper: Service {
    private let controlPlane: ControlPlane
    private let registry: SessionRegistry
    private let interval: Duration
    private let holdAfter: Duration
    private let endAfter: Duration
    private let logger: Logger

    package init(
        controlPlane: ControlPlane, registry: SessionRegistry, interval: Duration = .seconds(10),
        holdAfter: Duration = .seconds(30), endAfter: Duration = .seconds(300), logger: Logger
    ) {
        self.controlPlane = controlPlane
        self.registry = registry
        self.interval = interval
        self.holdAfter = holdAfter
        self.endAfter = endAfter
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { await renew() }
        }
    }

    /// Renews now.
    package func renew() async {
        let sessions = registry.all
        for start in stride(from: 0, to: sessions.count, by: 1000) {
            await renew(Array(sessions[start..<min(start + 1000, sessions.count)]))
        }
    }

    private func renew(_ sessions: [LiveSession]) async {
        let now = Date()
        do throws(ControlPlaneError) {
            let answer = try await controlPlane.renew(LeaseRequest(sessions: sessions.map { $0.report(now: now) }))
            let leases = Dictionary(answer.sessions.map { ($0.session, $0) }, uniquingKeysWith: { $1 })
            registry.apply(answer.tenants)
            for session in sessions { apply(leases[session.id], to: session) }
        } catch {
            logger.warning(
                "The leases were not renewed", metadata: ["error": "\(error)", "sessions": "\(sessions.count)"])
            for session in sessions { session.notRenewed(holdAfter: holdAfter, endAfter: endAfter) }
        }
    }

    private func apply(_ lease: SessionLease?, to session: LiveSession) {
        switch lease?.state {
        case .ok:
            session.renewed()
            if let end = lease?.endsAt { session.give(.extend(end)) }
        case .ended:
            session.give(
                .end(lease?.endReason ?? .terminated, text: lease?.endText ?? "the session has been ended"))
        case .unknown:
            session.give(.end(.terminated, text: "the control plane does not know this session"))
        case nil:
            // Not a word about it is not a yes.
            session.notRenewed(holdAfter: holdAfter, endAfter: endAfter)
        }
    }
}
