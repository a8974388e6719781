import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Observability
import ServiceLifecycle

/// Serves endpoints, the portal and the probes on one address.
///
/// `hosts` is asked for every request whose host name it is: the caller keeps what it looked up. What
/// it throws is told as a problem, so that a database that is away does not make hosts unknown.
package struct HTTPServer: Service {
    private let configuration: HTTPServerConfiguration
    private let responder: Responder
    private let limiter: ConnectionLimiter
    private let logger: Logger
    private let onListening: @Sendable (Int?) async -> Void

    package init(
        configuration: HTTPServerConfiguration, endpoints: [MountedEndpoint],
        hosts: @escaping @Sendable (String) async throws -> HostOwner, readiness: [ReadinessCheck] = [],
        metrics registry: MetricsRegistry, levels: TenantLevels? = nil, portal: PortalFiles? = nil, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int?) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        limiter = ConnectionLimiter(
            most: configuration.maxConnections, perAddress: configuration.maxConnectionsPerAddress,
            exempt: configuration.trustedProxies)
        let metrics = ServerMetrics(registry, limiter: limiter)
        let routes = endpoints.map { endpoint in
            let operation = endpoint.operation
            return Route(
                endpoint: endpoint, metrics: metrics.route(operation.method.rawValue, operation.path))
        }
        responder = Responder(
            configuration: configuration, routes: RouteTable(routes),
            documents: Documents(
                endpoints.map(\.operation), title: configuration.title, version: configuration.version),
            probes: Probes(
                readiness: readiness, registry: registry, metricsReaders: configuration.metricsReaders),
            portal: portal,
            portalHeaders: SecurityHeaders(connectOrigins: configuration.connectOrigins),
            hosts: hosts, metrics: metrics, levels: levels, unrouted: metrics.route("-", "-"), logger: logger)
    }

    package func run() async throws {
        let address: BindAddress =
            switch configuration.address {
            case .host(let host, let port): .hostname(host, port: port)
            case .unixSocket(let path): .unixDomainSocket(path: path)
            }
        let limits = configuration.limits
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [limiter] in
                ServerChannel(responder: $0, limits: limits, limiter: limiter)
            },
            configuration: ApplicationConfiguration(address: address),
            onServerRunning: { [onListening] channel in
                try? await channel.eventLoop.submit { try Inheritance.refuse(channel) }.get()
                await onListening(channel.localAddress?.port)
            },
            logger: logger)
        try await application.run()
    }
}
