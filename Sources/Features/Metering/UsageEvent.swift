package import FoundationEssentials

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
}
