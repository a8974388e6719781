import Audit
import FoundationEssentials
import Kernel
import Postgres

/// What the tenant's own trail, and whoever listens to its events, hear about support access.
struct SupportTrail {
    /// The kinds, and what the data of each may have.
    static let kinds: [(type: String, members: [String])] = Kind.allCases.map { ($0.rawValue, ["operator"]) }

    enum Kind: String, CaseIterable {
        case asked = "support.asked"
        case withdrawn = "support.withdrawn"
        case entryMade = "support.entry-made"
        case entered = "support.entered"
    }

    let database: Database

    func tell(
        _ kind: Kind, _ id: SupportAccessID, by actor: AuditActor, reason: String = "", at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let details: JSON = reason.isEmpty ? [:] : ["reason": .string(reason)]
        try await AuditLog(database: database).append(
            AuditEntry(
                action: kind.rawValue, actor: actor, target: AuditTarget("support-access", id, actor.name),
                details: details, at: now), in: scope, tx)
        try await Outbox().publish(
            DomainEvent(
                type: kind.rawValue, subject: id.text, data: ["operator": .string(actor.name)], at: now),
            in: scope, tx)
    }
}
