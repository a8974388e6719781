import Audit
import Cryptography
import FoundationEssentials
import Geolocation
import HTTPAPI
import Hosting
import Jobs
import Kernel
package import Logging
import Messaging
import Messengers
import Metering
import Notifications
import ObjectStore
import Observability
import Operators
import Outbound
import Postgres
import Redis
import SSH
import ServiceLevels
import ServiceLifecycle
import Tickets
import UnixSignals

/// The control plane of one node: everything built from its configuration, and run until it is asked to stop.
package struct ControlPlane: Sendable {
    private let configuration: ServerConfiguration
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    /// `onListening` hears of the port as soon as requests are taken.
    package init(
        configuration: ServerConfiguration, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a signal or the surrounding service group ends it. Throws at once what makes a start impossible.
    package func run() async throws {
        let database = Database(configuration: DatabaseConfiguration(configuration.database), logger: logger)
        defer { database.close() }
        let redis = try configuration.redis.map {
            RedisClient(configuration: try RedisConfiguration($0), logger: logger)
        }
        // The operator's own services, which the configuration names, may be anywhere.
        let inner = HTTPClient(configuration: HTTPClientConfiguration(egress: .open), logger: logger)
        let masters = try MasterKeys(configuration, client: inner)
        let token = try readSecret(configuration.providerTokenFile, atLeast: 32)
        let installation = try await InstallationKeys(loadingOrCreating: database, masters: masters)
        let loops = try SSHLoopGroup(count: 1, name: "scan")
        loops.start()
        defer { loops.stop() }
        let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: logger)
        // What stays open takes no place from what comes and goes.
        var lasting = HTTPClientConfiguration(egress: .guarded(allow: []), maxConnections: 640)
        lasting.keptConnections = 640
        let lines = HTTPClient(configuration: lasting, logger: logger)
        let sender = try configuration.mail.map { try MailSender($0) }
        let post = MailClient(configuration: HTTPClientConfiguration(egress: .open), logger: logger)
        let guardedPost = MailClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: logger)
        let limits = RateLimits(limiter: RateLimiter(redis: redis))
        let plans = Plans(database: database)
        let planned = PlannedLimits { PlannedLimits.Limits(try await plans.limits(in: TenantScope(tenant: $0))) }
        // One tenant leaves a connection of the database to the others, and has everything when it is alone.
        let admission = FairAdmission<TenantID>(
            places: 4 * configuration.database.connections,
            placesBesideOthers: max(1, configuration.database.connections - 1), mostWaiting: 512)
        let places = Places(path: configuration.geolocationDatabase, logger: logger)
        await places.refresh()
        let features = try Features.build(
            Foundations(
                configuration: configuration, database: database, masters: masters, installation: installation,
                hasher: try PasswordHasher(lookUps: configuration.database.connections / 2) { admission.isInUse },
                objects: try FileObjectStore(root: configuration.objects),
                client: client, mail: MailParts(sender: sender, clients: MailClients(own: post, guarded: guardedPost)),
                loops: loops, limits: limits, planned: planned, places: places))
        let hub = WorkerEventHub(database: database)
        let portalEvents = PortalEventHub(database: database)
        let parts = GateParts(
            limits: limits, tenants: TenantThrottle(limits: planned),
            admission: admission,
            doorway: FairAdmission(
                places: max(1, configuration.database.connections / 2),
                placesBesideOthers: max(1, configuration.database.connections / 2), mostWaiting: 64),
            trail: AuditTrail(tenants: features.trail, provider: features.providerTrail),
            idempotency: PostgresIdempotencyStore(
                database: database, key: installation.root.derived(for: "idempotency")),
            cursors: CursorCodec(key: installation.root.derived(for: "cursors")), logger: logger)
        let console = ProviderAuthenticator(
            token: token, permissions: Catalogue.providerPermissions, operators: features.operators.authenticator)
        let endpoints = features.endpoints(
            parts, authenticating: console, workers: WorkerAuthenticator(database: database, keys: installation),
            workerEvents: WorkerEvents(database: database, hub: hub), portalEvents: portalEvents)
        let counts = TenantLevels()
        let server = try server(endpoints, features, database, counts)
        let node = "\(ProcessInfo.processInfo.processIdentifier)"
        let now: @Sendable () -> Date = { Date() }
        var services: [any Service] = [
            database, client, lines, inner, post, guardedPost, features.directory, features.tenants, hub, portalEvents,
            features.calls, features.reviews.hub, places,
        ]
        if let redis { services.append(redis) }
        services.append(
            JobRunner(
                database: database, handlers: features.jobs(on: database, now: now), node: node, logger: logger))
        let dispatcher = EventDispatcher(
            database: database, subscribers: features.subscribers(portal: portalEvents, now: now), logger: logger)
        services.append(dispatcher)
        services.append(DeliveryPump(messaging: features.messaging, clock: now, logger: logger))
        services.append(features.messengers.clicks)
        services.append(CardPump(messengers: features.messengers, clock: now, logger: logger))
        services.append(AnnouncementPump(notifications: features.notifications, clock: now, logger: logger))
        services.append(NoticeRoundPump(rounds: features.notifications, clock: now, logger: logger))
        services.append(
            StreamKeeper(
                messengers: features.messengers, client: lines, audit: parts.trail.writer, node: node, clock: now,
                logger: logger))
        services.append(SaveLevels(levels: features.levels, counts: counts, now: now, logger: logger))
        services += features.periodic(
            on: PeriodicParts(
                node: node, database: database, dispatcher: dispatcher, idempotency: parts.idempotency,
                logger: logger), now: now)
        services.append(server)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
    }

    private func server(
        _ endpoints: [MountedEndpoint], _ features: Features, _ database: Database, _ counts: TenantLevels
    ) throws -> HTTPServer {
        var settings = HTTPServerConfiguration(
            address: .host(configuration.http.host, port: configuration.http.port))
        // What is no connection needs some, too: the database, vendors, files.
        settings.maxConnections = min(settings.maxConnections, max(256, Descriptors.raiseLimit() - 1024))
        settings.isSecure = configuration.http.secure
        settings.connectOrigins = configuration.http.workerOrigins
        settings.trustedProxies = try configuration.http.trustedProxies.map { text in
            guard let range = AddressRange(text) else {
                throw ConfigurationError("/http/trustedProxies: \(text) is not an address or a network")
            }
            return range
        }
        let names = HostNames(baseDomain: configuration.baseDomain, directory: features.directory)
        let portal = try configuration.portal.map { try PortalFiles(directory: $0) }
        return HTTPServer(
            configuration: settings, endpoints: endpoints, hosts: { try await names.owner(of: $0) },
            readiness: [
                ReadinessCheck("database") {
                    let scope = SystemScope(reason: "readiness")
                    return (try? await database.first("select true", in: scope) { try $0.next() as Bool }) ?? false
                }
            ],
            metrics: MetricsRegistry(), levels: counts, portal: portal, logger: logger,
            onListening: { [onListening] port in
                StartMemory.giveBack()
                onListening(port ?? 0)
            })
    }
}

extension DatabaseConfiguration {
    init(_ settings: ServerConfiguration.DatabaseSettings) {
        self.init(
            host: settings.host, port: settings.port, database: settings.name, user: settings.user,
            password: settings.password, connections: settings.connections)
    }
}

extension RedisConfiguration {
    init(_ settings: ServerConfiguration.RedisSettings) throws {
        if let socket = settings.socket {
            self.init(endpoint: .unix(path: socket), password: settings.password)
        } else if let host = settings.host {
            self.init(endpoint: .tcp(host: host, port: settings.port), password: settings.password)
        } else {
            throw ConfigurationError("/redis needs a socket or a host")
        }
    }
}
