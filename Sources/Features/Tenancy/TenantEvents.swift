import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What others hear about tenants, and what the tenant's own trail says about the provider.
package enum TenantEvents {
    /// The kinds, and what the data of each may have.
    package static let kinds: [(type: String, members: [String])] = Kind.allCases.map { ($0.rawValue, ["slug"]) }

    enum Kind: String, CaseIterable {
        case trialSet = "tenant.trial-set"
        case activated = "tenant.activated"
        case suspended = "tenant.suspended"
        case resumed = "tenant.resumed"
        case closed = "tenant.closed"
        case deletionCancelled = "tenant.deletion-cancelled"
        case deletionForced = "tenant.deletion-forced"
        case trialEnded = "tenant.trial-ended"
        case deleted = "tenant.deleted"

        /// Whether it ends what is open.
        var isUrgent: Bool { [.suspended, .trialEnded, .closed, .deletionForced].contains(self) }
    }

    static func publish(_ kind: Kind, _ tenant: Tenant, at now: Date, in tx: Transaction) async throws {
        try await Outbox().publish(
            DomainEvent(
                type: kind.rawValue, subject: tenant.id.text, data: ["slug": .string(tenant.slug.text)], at: now,
                isUrgent: kind.isUrgent),
            in: tenant.scope, tx)
    }

    static func record(
        _ kind: Kind, _ tenant: Tenant, by actor: AuditActor, details: JSON = [:], at now: Date, _ database: Database,
        in tx: Transaction
    ) async throws {
        let entry = AuditEntry(
            action: kind.rawValue, actor: actor, target: AuditTarget("tenant", tenant.id, tenant.slug.text),
            details: details, at: now)
        try await AuditLog(database: database).append(entry, in: tenant.scope, tx)
    }
}

extension TenantTransition {
    var kind: TenantEvents.Kind {
        switch self {
        case .trial: .trialSet
        case .activate: .activated
        case .suspend: .suspended
        case .resume: .resumed
        case .close: .closed
        case .cancelClosing: .deletionCancelled
        case .endGrace: .deletionForced
        case .endTrial: .trialEnded
        case .erased: .deleted
        }
    }
}
