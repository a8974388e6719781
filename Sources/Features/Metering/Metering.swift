package import FoundationEssentials
package import Kernel
package import Postgres

/// What tenants use, and what of it they are billed for.
///
/// Usage events are the truth: they are written with the change that causes them and never changed. Roll-ups by hour
/// are derived from them and may be thrown away.
package struct Metering: Sendable {
    let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Writes down usage in the transaction of the change that causes it. Events of nothing are left out, and one that
    /// is there already is not counted again.
    package static func record(
        _ events: [UsageEvent], of tenant: TenantID, in transaction: Transaction
    ) async throws {
        let events = events.filter { $0.quantity > 0 }
        guard !events.isEmpty else { return }
        try await transaction.execute(UsageStore.insert(events, of: tenant))
    }

    /// Adds up what is new since the last time: called every minute, on one node at a time.
    package func rollUp(at now: Date) async throws {
        try await RollUpUsage(database: database)(at: now)
    }

    /// Computes the hours between two times anew from the events.
    package func rollUp(from start: Date, to end: Date) async throws {
        try await RollUpUsage(database: database).rebuild(from: start, to: end)
    }

    /// Writes down what is stored today: called every hour, on one node at a time; the day's first measure counts.
    package func measureDay(at now: Date) async throws {
        let scope = SystemScope(reason: "what is stored today")
        let day = UTCCalendar.startOfDay(now)
        try await database.execute(UsageStore.recordings(on: day, named: UTCCalendar.day(now)), in: scope)
        try await database.execute(UsageStore.secrets(on: day, named: UTCCalendar.day(now)), in: scope)
    }

    /// Usage by hour, for the provider.
    package func usage(_ question: UsageQuestion, in scope: ProviderScope) async throws -> UsageReport {
        try await report(question, in: scope)
    }

    /// Usage by hour, for a tenant of its own.
    package func usage(_ time: UsagePeriod, at now: Date, in scope: TenantScope) async throws -> UsageReport {
        try await report(try time.question(of: scope.tenant, at: now), in: scope)
    }

    private func report(_ question: UsageQuestion, in scope: some Scope) async throws -> UsageReport {
        let system = SystemScope(reason: "how far usage is added up")
        let mark = try await database.first(UsageStore.mark, in: system, { try UsageMark(&$0) })
        let through = mark?.hoursThrough ?? Date(timeIntervalSince1970: 0)
        let items = try await database.query(
            UsageStore.select(question, rolledUpThrough: through), in: scope, UsageStore.decode)
        guard items.count <= UsageQuestion.most else {
            throw FieldErrors(errors: [FieldError(pointer: "/to", message: "is too far away: ask for a shorter time")])
        }
        return UsageReport(items: items)
    }
}
