package import FoundationEssentials
import Kernel
package import Logging
import Postgres
import ServiceLifecycle

/// Sends and updates cards: each until the vendor has it as the request is.
///
/// Any number of nodes may run one. Cards are claimed in batches, of each channel a few at a time, so that one vendor who is
/// slow delays nobody else's; what is not taken stays in the database, and no transaction is open while a vendor is spoken to.
package struct CardPump: Service {
    /// How a pump works; the defaults suit a server.
    package struct Settings: Sendable {
        package var places = 48
        package var ofChannel = 16
        /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
        package var lease: Duration = .seconds(90)
        package var pollInterval: Duration = .seconds(1)

        package init() {}
    }

    private let messengers: Messengers
    private let settings: Settings
    private let clock: @Sendable () -> Date
    private let logger: Logger

    package init(
        messengers: Messengers, settings: Settings = Settings(), clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.messengers = messengers
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws {
        let (calls, line) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        line.yield()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in calls { await work() }
                    try Task.checkCancellation()
                }
                group.addTask {
                    for await _ in messengers.database.notifications(CardStore.channel) { line.yield() }
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: settings.pollInterval)
                        line.yield()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } onGracefulShutdown: {
            line.finish()
        }
    }

    private func work() async {
        do {
            while !Task.isCancelled, !Task.isShuttingDownGracefully, try await pump() > 0 {}
        } catch  where !(error is CancellationError) {
            logger.warning("Cards cannot be claimed", metadata: ["error": "\(error)"])
        } catch {}
    }

    /// Brings what is due to where it belongs; how many cards those were.
    package func pump() async throws -> Int {
        let claimed = try await CardClaims(database: messengers.database).claim(
            limit: settings.places, ofChannel: settings.ofChannel, lease: settings.lease, at: clock())
        await withDiscardingTaskGroup { group in
            for (tenant, batch) in Dictionary(grouping: claimed, by: \.tenant) {
                group.addTask {
                    do {
                        try await messengers.deliver(batch.map(\.card), in: TenantScope(tenant: tenant), clock: clock)
                    } catch {
                        logger.warning(
                            "Cards of a tenant could not be sent, so they come again",
                            metadata: ["tenant": "\(tenant)", "error": "\(error)"])
                    }
                }
            }
        }
        return claimed.count
    }
}
