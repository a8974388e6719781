import GatewayContract
import ServiceLifecycle

/// Ends what lives when the worker is stopped, before its entrances are: listed last, so that it is asked first.
package struct SessionDrain: Service {
    private let registry: SessionRegistry

    package init(registry: SessionRegistry) {
        self.registry = registry
    }

    package func run() async throws {
        try await gracefulShutdown()
        registry.close("this gateway is being stopped; connect again")
        registry.endAll(.workerStopped, text: "this gateway is being stopped; connect again")
        let limit = ContinuousClock.now + .seconds(5)
        while registry.count > 0, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(20)) }
    }
}
