package import FoundationEssentials
package import Jobs
package import Kernel
package import Logging
package import Postgres

/// Sends and updates cards and notices: each until the vendor has it as it is now. Each channel has a line.
package typealias CardPump = FairPump<CardWork>

extension CardPump {
    /// Shares that suit a server. An attempt takes less than a minute and a half.
    package init(messengers: Messengers, clock: @escaping @Sendable () -> Date, logger: Logger) {
        self.init(
            CardWork(messengers: messengers), on: messengers.database,
            settings: FairSettings(
                quick: FairShares(places: 48, ofTenant: 24, ofLine: 12),
                slow: FairShares(places: 24, ofTenant: 8, ofLine: 2), lease: .seconds(90)),
            clock: clock, logger: logger)
    }
}

/// Cards for which there is news.
package struct CardWork: FairWork {
    package static let reason = "deliver cards"
    package static let channel = "messenger_cards"

    let messengers: Messengers

    package func items(at now: Date) -> SQL {
        """
        select c.tenant_id, c.channel_id as line_id, c.card_id as item_id, c.due_at from messenger_cards c
        where c.due_at is not null and (c.leased_until is null or c.leased_until <= \(now))
        """
    }

    package func lines(at now: Date) -> SQL {
        """
        select h.tenant_id, h.channel_id as line_id, h.pace from messenger_channels h
        where h.resting_until is null or h.resting_until <= \(now)
        """
    }

    package func lease(until end: Date) -> SQL {
        "messenger_cards u set leased_until = \(end) from taken t where u.card_id = t.item_id"
    }

    package func deal(
        with ids: [MessengerCardID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (MessengerCardID, (any Error)?) -> Void
    ) async throws {
        try await messengers.deliver(ids, in: scope, clock: clock) { ended($0, nil) }
    }
}
