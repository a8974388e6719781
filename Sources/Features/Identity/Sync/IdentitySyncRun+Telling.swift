import Audit
import FoundationEssentials
import Kernel
import Postgres

extension IdentitySyncRun {
    /// Says in the trail and to others how it has ended.
    func tell(
        _ outcome: AuditOutcome, _ report: IdentitySyncReport, error: String?, at now: Date, in scope: TenantScope,
        _ database: Database, _ tx: Transaction
    ) async throws {
        func count(_ names: IdentitySyncNames) -> JSON { .int(Int64(names.count)) }
        let facts: JSON = [
            "run": .string(id.text), "kind": .string(kind.rawValue), "created": count(report.created),
            "linked": count(report.linked), "changed": count(report.changed), "enabled": count(report.enabled),
            "disabled": count(report.disabled), "leavers": count(report.leavers),
            "removals": .int(Int64(report.removals)),
        ]
        let groups: JSON =
            report.groups.map { groups in
                [
                    "groupsAdded": count(groups.added), "groupsRenamed": count(groups.renamed),
                    "groupsRemoved": count(groups.removed), "membersAdded": .int(Int64(groups.membersAdded)),
                    "membersRemoved": .int(Int64(groups.membersRemoved)),
                ]
            } ?? [:]
        let entry = AuditEntry(
            action: "identity-sync.finished", actor: .system("identity-sync"),
            target: AuditTarget("identity-provider", provider), outcome: outcome,
            details: facts.merging(groups).merging(error.map { ["error": .string($0)] } ?? [:])
                .merging(askedBy.map { ["askedBy": .string($0)] } ?? [:]), at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
        let event = DomainEvent(
            type: IdentityEvent.syncFinished, subject: provider.text,
            data: ["run": .string(id.text), "outcome": .string(outcome.rawValue)], at: now)
        try await Outbox().publish(event, in: scope, tx)
    }
}
