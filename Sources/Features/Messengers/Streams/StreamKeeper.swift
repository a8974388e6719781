package import FoundationEssentials
package import HTTPAPI
package import Jobs
import Kernel
package import Logging
package import Outbound
import Postgres
import ServiceLifecycle

/// Holds the connections over which vendors tell clicks: each of them at one server at a time. A server that dies loses what
/// it has when its lease ends, and one that does not hear of the database gives it up before.
///
/// A connection is a task and no thread; one that fails waits by itself, so that no vendor delays another's.
package struct StreamKeeper: Service {
    /// How a keeper works; the defaults suit a server.
    package struct Settings: Sendable {
        /// How many one server holds, and of a tenant.
        package var places = 256
        package var ofTenant = 20
        package var lease: Duration = .seconds(30)
        package var beat: Duration = .seconds(5)
        package var backoff = Backoff(first: .seconds(2), longest: .seconds(300))
        /// How often a sign of life is asked for, and after which silence a connection is dead.
        package var ping: Duration = .seconds(30)
        package var silence: Duration = .seconds(90)
        /// How long it may take until a connection is in use.
        package var readiness: Duration = .seconds(15)
        /// What ends sooner has gone wrong, whatever the vendor calls it.
        package var shortest: Duration = .seconds(10)
        /// How long an old connection is listened to beside the new one.
        package var overlap: Duration = .seconds(10)
        /// What lasted so long begins anew with the waiting.
        package var proven: Duration = .seconds(60)
        /// Clicks of one connection at a time.
        package var calls = 8

        package init() {}
    }

    let messengers: Messengers
    let client: HTTPClient
    let settings: Settings
    let clock: @Sendable () -> Date
    let logger: Logger
    let audit: AuditWriter
    private let holder: String
    private let hand = StreamHand()
    private let wake = Wake()

    private var claims: StreamClaims { StreamClaims(database: messengers.database, holder: holder) }

    /// `client` is for connections alone: they stay.
    package init(
        messengers: Messengers, client: HTTPClient, audit: AuditWriter, node: String, settings: Settings = Settings(),
        clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.messengers = messengers
        self.client = client
        self.audit = audit
        self.settings = settings
        self.clock = clock
        self.logger = logger
        holder = "\(node)/\(UInt64.random(in: .min ... .max))"
    }

    /// Runs until asked to stop; connections are closed then, and others may take them over at once.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await keep()
                    try Task.checkCancellation()
                }
                group.addTask { await wake.follow(messengers.database.notifications(StreamStore.channel)) }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.beat)
                        hand.doubt(at: .now)
                        wake.call()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            wake.stop()
            hand.stop()
        }
    }

    private func keep() async {
        await withDiscardingTaskGroup { group in
            for await _ in wake.calls {
                do {
                    for (held, stop) in try await take() {
                        group.addTask {
                            await hold(held, until: stop)
                            wake.call()
                        }
                    }
                } catch  where !(error is CancellationError) {
                    logger.warning("Connections cannot be looked after", metadata: ["error": "\(error)"])
                } catch {}
            }
            hand.stop()
        }
    }

    /// Says what is held, and takes what is free.
    private func take() async throws -> [(held: HeldStream, stop: AsyncStream<Void>)] {
        let start = ContinuousClock.now
        let until = clock() + settings.lease / .seconds(1)
        let kept = try await claims.renew(until: until)
        // Given up a little before others take it.
        hand.keep(kept, until: start + settings.lease - settings.beat)
        // What has ended here while the database was away is still this server's.
        let found = hand.enter(kept)
        let most = TenantPlaces(places: settings.places, ofTenant: settings.ofTenant)
        return found + hand.enter(try await claims.claim(most, beside: hand.count, until: until, at: clock()))
    }

    private func hold(_ held: HeldStream, until stop: AsyncStream<Void>) async {
        let line = StreamLine(held: held, keeper: self)
        let start = ContinuousClock.now
        let fault = await withTaskGroup(of: StreamFault?.self) { group in
            group.addTask { await line.run() }
            group.addTask {
                for await _ in stop {}
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        do {
            try await end(held, after: .now - start, because: fault)
        } catch {
            logger.warning("The end of a connection could not be noted", metadata: ["error": "\(error)"])
        }
        hand.leave(held)
    }

    private func end(_ held: HeldStream, after time: Duration, because fault: StreamFault?) async throws {
        let now = clock()
        var (attempts, retry) = (0, now)
        if let fault {
            attempts = time >= settings.proven ? 1 : min(held.attempts + 1, 1000)
            var random = SystemRandomNumberGenerator()
            let delay = settings.backoff.delay(after: attempts, using: &random) / .seconds(1)
            retry = now.addingTimeInterval(max(delay, min(fault.pause ?? 0, 3600)))
            logger.info(
                "A connection to a messenger has ended",
                metadata: [
                    "channel": "\(held.channel)", "tenant": "\(held.tenant)", "problem": "\(fault.problem.rawValue)",
                    "detail": "\(fault.text)",
                ])
        }
        try await messengers.streams.ended(
            held, by: holder, attempts: attempts, retry: retry, because: fault, at: now,
            in: TenantScope(tenant: held.tenant), messengers.database)
    }

    /// Whether a click that comes over it counts.
    func counts(_ held: HeldStream) async throws -> Bool {
        try await messengers.streams.counts(
            held, by: holder, in: TenantScope(tenant: held.tenant), messengers.database)
    }

    /// Whether it is wanted still, by this server; it says that it stands.
    func connected(_ held: HeldStream) async throws -> Bool {
        try await messengers.streams.connected(
            held, by: holder, at: clock(), in: TenantScope(tenant: held.tenant), messengers.database)
    }
}
