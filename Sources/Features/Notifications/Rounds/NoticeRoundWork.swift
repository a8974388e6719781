package import FoundationEssentials
package import Jobs
package import Kernel
package import Logging
package import Postgres

/// Tells the members of groups. Each tenant has a line: however many people one has, another's are told beside them.
package typealias NoticeRoundPump = FairPump<NoticeRoundWork>

extension NoticeRoundPump {
    /// Shares that suit a server. Some people are told in a second; what fails waits for a minute.
    package init(rounds notifications: Notifications, clock: @escaping @Sendable () -> Date, logger: Logger) {
        self.init(
            NoticeRoundWork(notifications: notifications), on: notifications.database,
            settings: FairSettings(quick: FairShares(places: 8, ofTenant: 2, ofLine: 2), lease: .seconds(60)),
            clock: clock, logger: logger)
    }
}

/// Rounds that are not over.
package struct NoticeRoundWork: FairWork {
    package static let reason = "members of groups who are to be told"
    package static let channel = "notice_rounds"

    let notifications: Notifications

    package func items(at now: Date) -> SQL {
        """
        select r.tenant_id, r.tenant_id as line_id, r.event_id as item_id, r.due_at from notice_rounds r
        where r.due_at is not null
        """
    }

    package func lines(at now: Date) -> SQL {
        "select t.tenant_id, t.tenant_id as line_id, 'quick'::text as pace from tenants t"
    }

    package func lease(until end: Date) -> SQL {
        "notice_rounds u set due_at = \(end) from taken t where u.event_id = t.item_id"
    }

    package func deal(
        with ids: [EventID], in scope: TenantScope, clock: @escaping @Sendable () -> Date,
        ended: @escaping @Sendable (EventID, (any Error)?) -> Void
    ) async throws {
        let ground = try await notifications.ground(in: scope)
        for id in ids {
            do {
                try await notifications.goRound(id, on: ground, at: clock(), in: scope)
                ended(id, nil)
            } catch {
                ended(id, error)
            }
        }
    }
}
