import GatewayContract
package import Logging
import ServiceLifecycle
import Synchronization

/// Listens to the control plane's events and passes them on to the sessions and to those who wait; after each loss of the stream
/// the leases are renewed and those who wait are looked after at once, because something may have been missed.
package final class EventListener: Service {
    private let controlPlane: ControlPlane
    private let registry: SessionRegistry
    private let leases: LeaseKeeper
    private let waits: DecisionWaits
    private let keeper: WaitKeeper
    private let logger: Logger
    private let lastID = Mutex<String?>(nil)

    package init(
        controlPlane: ControlPlane, registry: SessionRegistry, leases: LeaseKeeper, waits: DecisionWaits,
        keeper: WaitKeeper, logger: Logger
    ) {
        self.controlPlane = controlPlane
        self.registry = registry
        self.leases = leases
        self.waits = waits
        self.keeper = keeper
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var backoff = Backoff(first: .milliseconds(200), longest: .seconds(5))
            while !Task.isCancelled {
                let begun = ContinuousClock.now
                do throws(ControlPlaneError) {
                    try await controlPlane.events(lastID.withLock { $0 }) { [self] event in
                        lastID.withLock { if let id = event.id { $0 = id } }
                        act(on: event.event)
                    }
                } catch {
                    logger.warning("The event stream broke off", metadata: ["error": "\(error)"])
                }
                if begun.duration(to: .now) > .seconds(30) { backoff.reset() }
                guard (try? await Task.sleep(for: backoff.next())) != nil else { return }
                await leases.renew()
                await keeper.look()
            }
        }
    }

    /// Acting twice on an event does nothing twice: a session that ended is not in the registry any more.
    func act(on event: WorkerEvent) {
        let session = event.session.flatMap { registry[$0] }
        switch event.kind {
        case .end:
            session?.give(.end(event.reason ?? .terminated, text: event.text ?? "the session has been ended"))
        case .extend:
            if let end = event.endsAt { session?.give(.extend(end)) }
        case .message:
            guard let text = event.text else { return }
            if event.session == nil {
                for session in registry.all { session.give(.message(text)) }
            } else {
                session?.give(.message(text))
            }
        case .decision:
            if let ticket = event.ticket { waits.call(.request(ticket)) }
            if let admission = event.admission { waits.call(.signIn(admission)) }
        case .drain:
            registry.close("this gateway is being taken out of service; connect again to reach another one")
        case .quarantine:
            registry.close("this gateway is out of service")
            registry.endAll(.workerQuarantined, text: event.text ?? "this gateway is out of service")
        }
    }
}
