package import FoundationEssentials
package import Jobs
import Kernel
package import Logging
import Postgres
import ServiceLifecycle

/// Sends what waits for webhooks: each delivery at least once, in no promised order. Endpoints that fail or answer slowly
/// have places of their own.
package struct DeliveryPump: Service {
    /// How a pump works; the defaults suit a server.
    package struct Settings: Sendable {
        package var quick = FairShares(places: 48, ofTenant: 24, ofLine: 8)
        package var slow = FairShares(places: 24, ofTenant: 8, ofLine: 1)
        /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
        package var lease: Duration = .seconds(60)
        package var pollInterval: Duration = .seconds(1)

        package init() {}
    }

    private let pump: FairPump<ClaimedDelivery>

    package init(
        messaging: Messaging, settings: Settings = Settings(), clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        func lane(_ pace: Webhook.Pace, _ shares: FairShares) -> (FairShares, FairPump<ClaimedDelivery>.Claim) {
            (
                shares,
                { limit, most, hand in
                    try await DeliveryClaims(database: messaging.database).claim(
                        pace, limit: limit, most, beside: hand, lease: settings.lease, at: clock())
                }
            )
        }
        pump = FairPump(
            messaging.database, channel: DeliveryStore.channel, pollInterval: settings.pollInterval,
            lanes: [lane(.quick, settings.quick), lane(.slow, settings.slow)], logger: logger
        ) { batch, tenant, ended in
            let claimed = Dictionary(uniqueKeysWithValues: batch.map { ($0.delivery, $0) })
            await messaging.deliver(batch.map(\.delivery), in: TenantScope(tenant: tenant), clock: clock) { id, error in
                if let error, !(error is CancellationError) {
                    logger.warning(
                        "A delivery could not be settled, so it comes again",
                        metadata: ["delivery": "\(id)", "tenant": "\(tenant)", "error": "\(error)"])
                }
                if let one = claimed[id] { ended(one) }
            }
        }
    }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws { try await pump.run() }
}
