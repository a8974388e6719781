package import FoundationEssentials
package import Jobs
package import Kernel
package import Logging
package import Postgres

/// Tells people what is announced. Each tenant has a line: however much one announces, another's is told beside it.
package typealias AnnouncementPump = FairPump<AnnouncementWork>

extension AnnouncementPump {
    /// Shares that suit a server. Some people are told in a second; what fails waits for a minute.
    package init(notifications: Notifications, clock: @escaping @Sendable () -> Date, logger: Logger) {
        self.init(
            AnnouncementWork(notifications: notifications), on: notifications.database,
            settings: FairSettings(quick: FairShares(places: 8, ofTenant: 2, ofLine: 2), lease: .seconds(60)),
            clock: clock, logger: logger)
    }
}

/// Announcements that have something to do.
package struct AnnouncementWork: FairWork {
    package static let reason = "announcements that are due"
    package static let channel = "announcements"

    let notifications: Notifications

    package func items(at now: Date) -> SQL {
        """
        select a.tenant_id, a.tenant_id as line_id, a.announcement_id as item_id, a.due_at from announcements a
        where a.due_at is not null
        """
    }

    package func lines(at now: Date) -> SQL {
        "select t.tenant_id, t.tenant_id as line_id, 'quick'::text as pace from tenants t"
    }

    package func lease(until end: Date) -> SQL {
        "announcements u set due_at = \(end) from taken t where u.announcement_id = t.item_id"
    }

    package func deal(
        with ids: [AnnouncementID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (AnnouncementID, (any Error)?) -> Void
    ) async throws {
        let ground = try await notifications.ground(in: scope)
        for id in ids {
            do {
                try await notifications.announce(id, on: ground, at: clock(), in: scope)
                ended(id, nil)
            } catch {
                ended(id, error)
            }
        }
    }
}
