import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What others hear about quotas.
package enum QuotaEvents {
    static let warningType = "quota.warning"

    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = [
        (warningType, ["quota", "used", "warnAt", "limit"])
    ]

    static func warn(
        _ use: QuotaUse, as id: EventID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        try await Outbox().publish(
            DomainEvent(
                id: id, type: warningType, subject: use.kind.rawValue,
                data: [
                    "quota": .string(use.kind.rawValue), "used": .int(Int64(use.used)),
                    "warnAt": .int(Int64(use.soft ?? 0)), "limit": .int(Int64(use.limit ?? 0)),
                ], at: now), in: scope, transaction)
    }
}
