package import FoundationEssentials
package import Jobs
package import Kernel
package import Logging
package import Postgres

/// Sends what waits for webhooks, of which each has a line.
package typealias DeliveryPump = FairPump<DeliveryWork>

extension DeliveryPump {
    /// Shares that suit a server. An attempt takes less than a minute.
    package init(messaging: Messaging, clock: @escaping @Sendable () -> Date, logger: Logger) {
        self.init(
            DeliveryWork(messaging: messaging), on: messaging.database,
            settings: FairSettings(
                quick: FairShares(places: 48, ofTenant: 24, ofLine: 8),
                slow: FairShares(places: 24, ofTenant: 8, ofLine: 1), lease: .seconds(60)),
            clock: clock, logger: logger)
    }
}

/// Deliveries that wait.
package struct DeliveryWork: FairWork {
    package static let reason = "deliver webhooks"
    package static let channel = "webhook_deliveries"

    let messaging: Messaging

    package func items(at now: Date) -> SQL {
        """
        select d.tenant_id, d.webhook_id as line_id, d.delivery_id as item_id, d.next_attempt_at as due_at
        from webhook_deliveries d where d.state = 'pending' and not d.parked
        """
    }

    package func lines(at now: Date) -> SQL {
        """
        select w.tenant_id, w.webhook_id as line_id, w.pace from webhooks w
        where w.state = 'enabled' and (w.resting_until is null or w.resting_until <= \(now))
        """
    }

    package func lease(until end: Date) -> SQL {
        "webhook_deliveries u set next_attempt_at = \(end) from taken t where u.delivery_id = t.item_id"
    }

    package func deal(
        with ids: [DeliveryID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (DeliveryID, (any Error)?) -> Void
    ) async {
        await messaging.deliver(ids, in: scope, clock: clock, ended: ended)
    }
}
