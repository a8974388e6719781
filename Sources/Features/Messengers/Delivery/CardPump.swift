package import FoundationEssentials
package import Jobs
import Kernel
package import Logging
import Postgres
import ServiceLifecycle

/// Sends and updates cards and notices: each until the vendor has it as it is now. Vendors that fail or answer slowly have
/// places of their own, so that nobody waits for one but those who are asked there.
package struct CardPump: Service {
    /// How a pump works; the defaults suit a server.
    package struct Settings: Sendable {
        package var quick = FairShares(places: 48, ofTenant: 24, ofLine: 12)
        package var slow = FairShares(places: 24, ofTenant: 8, ofLine: 2)
        /// Longer than an attempt takes: what is not settled then is taken up by whoever comes first.
        package var lease: Duration = .seconds(90)
        package var pollInterval: Duration = .seconds(1)

        package init() {}
    }

    private let pump: FairPump<ClaimedCard>

    package init(
        messengers: Messengers, settings: Settings = Settings(), clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        func lane(
            _ pace: MessengerChannel.Pace, _ shares: FairShares
        ) -> (FairShares, FairPump<ClaimedCard>.Claim) {
            (
                shares,
                { limit, most, hand in
                    try await CardClaims(database: messengers.database).claim(
                        pace, limit: limit, most, beside: hand, lease: settings.lease, at: clock())
                }
            )
        }
        pump = FairPump(
            messengers.database, channel: CardStore.channel, pollInterval: settings.pollInterval,
            lanes: [lane(.quick, settings.quick), lane(.slow, settings.slow)], logger: logger
        ) { batch, tenant, ended in
            let claimed = Dictionary(uniqueKeysWithValues: batch.map { ($0.card, $0) })
            do {
                try await messengers.deliver(batch.map(\.card), in: TenantScope(tenant: tenant), clock: clock) { id in
                    if let one = claimed[id] { ended(one) }
                }
            } catch  where !(error is CancellationError) {
                logger.warning(
                    "Cards of a tenant could not be sent, so they come again",
                    metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            } catch {}
        }
    }

    /// Runs until asked to stop; what is on its way is settled first.
    package func run() async throws { try await pump.run() }

    /// Brings what is due to where it belongs, and waits for it; how many cards those were.
    package func pump() async throws -> Int { try await pump.round() }
}
