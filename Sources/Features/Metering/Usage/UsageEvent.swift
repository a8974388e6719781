package import FoundationEssentials
package import Kernel

/// One thing to be billed, as a CloudEvent: the source and the id make a repeat harmless, as long as it is told with
/// the same time.
package struct UsageEvent: Sendable, Equatable {
    package let at: Date
    /// What counted: `sessions/ses_…`.
    package let source: String
    /// Which of its counts this is.
    package let id: String
    package let meter: Meter
    /// Whom or what it was for, to explain a bill.
    package let subject: String
    package let quantity: Int

    package init(at: Date, source: String, id: String, meter: Meter, subject: String, quantity: Int) {
        self.at = at
        self.source = source
        self.id = id
        self.meter = meter
        self.subject = subject
        self.quantity = quantity
    }

    /// That somebody was there on a day. It is one and the same event however often, by whichever way, it is told.
    package static func active(_ user: UserID, at now: Date) -> UsageEvent {
        UsageEvent(
            at: UTCCalendar.startOfDay(now), source: "users/\(user.text)", id: UTCCalendar.day(now),
            meter: .dailyActiveUsers, subject: user.text, quantity: 1)
    }
}

/// Usage of a tenant, for what is written for many at once.
package struct TenantUsage: Sendable, Equatable {
    package let tenant: TenantID
    package let event: UsageEvent

    package init(tenant: TenantID, event: UsageEvent) {
        self.tenant = tenant
        self.event = event
    }
}
