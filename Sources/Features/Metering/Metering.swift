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

    /// Computes the hours between two times anew from the events.
    package func rollUp(from start: Date, to end: Date) async throws {
        try await RollUpUsage(database: database)(from: start, to: end)
    }

    /// Usage by hour, for the provider.
    package func usage(_ question: UsageQuestion, in scope: ProviderScope) async throws -> UsageReport {
        let items = try await database.query(UsageStore.select(question), in: scope, UsageStore.decode)
        guard items.count <= UsageQuestion.most else {
            throw FieldErrors(errors: [FieldError(pointer: "/to", message: "is too far away: ask for a shorter time")])
        }
        return UsageReport(items: items)
    }
}
