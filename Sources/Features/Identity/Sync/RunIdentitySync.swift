import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import LDAP
import Metering
import Postgres
import Tenancy

/// A run from its first entry to its report: everything is read, and then all is changed in one transaction or nothing.
/// A preview does the same and takes it back.
struct RunIdentitySync {
    /// What ends the transaction when its changes are not wanted.
    private struct NotWanted: Error {
        let report: IdentitySyncReport
        let state: IdentitySyncRun.State
    }

    let database: Database
    let signIn: ProviderSignIn
    let clock: @Sendable () -> Date
    let scope: TenantScope

    /// `isLast` says that a failure of the database is the end, and not tried again.
    func callAsFunction(_ id: IdentitySyncRunID, isLast: Bool) async throws {
        guard let run = try await IdentitySyncStore.start(id, at: clock(), in: scope, database) else { return }
        do {
            try await work(run)
        } catch let error as LDAPError {
            try await fail(run, "\(error)")
        } catch is BlockingPool.Busy {
            try await fail(run, "too many directories are being asked at once")
        } catch IdentityError.notFound {
            try await fail(run, "the provider is switched off")
        } catch let error as TenancyError {
            try await fail(run, "the company is closed: \(error)")
        } catch  where isLast && !Task.isCancelled {
            try await fail(run, "something went wrong here")
            throw error
        }
    }

    private func work(_ run: IdentitySyncRun) async throws {
        guard let candidate = try await IdentityProviderStore.find(run.provider, in: scope, database),
            candidate.provider.enabled
        else { throw IdentityError.notFound }
        let sync = try await IdentitySyncStore.find(run.provider, in: scope, database) ?? .initial
        let staging = IdentitySyncStaging(run: run.id, database: database, now: clock(), scope: scope)
        let read = try await signIn.reader(of: candidate, sync, into: staging)()
        try await IdentitySyncStore.note(read.entries, of: run.id, in: scope, database)
        do {
            try await database.transaction(in: scope) { tx in
                let report = try await apply(run, sync, read, tx)
                if run.kind == .preview { throw NotWanted(report: report, state: .done) }
                try await finish(run, as: .done, report, staging, tx)
            }
        } catch let end as NotWanted {
            try await database.transaction(in: scope) { tx in
                try await finish(run, as: end.state, end.report, staging, tx)
            }
        }
    }

    /// Makes the people here those who were read.
    func apply(
        _ run: IdentitySyncRun, _ sync: IdentitySync, _ read: (entries: Int, nameless: IdentitySyncNames),
        _ tx: Transaction
    ) async throws -> IdentitySyncReport {
        let now = clock()
        try await TenantDoor.check(at: now, in: scope, tx)
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard let provider = try await IdentityProviderStore.lock(run.provider, in: scope, tx) else {
            throw IdentityError.notFound
        }
        // Of tables that were filled a moment ago the planner knows nothing, and would go through them once for each row.
        _ = try await tx.first("select set_config('enable_nestloop', 'off', true)") { try $0.next(String.self) }
        let people = SyncPeople(
            run: run, provider: provider, sync: sync, trail: AuditLog(database: database), now: now, scope: scope)
        var report = IdentitySyncReport()
        if read.nameless.count > 0 {
            report.refused.append(IdentitySyncRefusals(reason: .noSubject, people: read.nameless))
        }
        let leavers = try await people.leavers(read: read.entries, &report, tx)
        if report.needsConfirmation, run.kind == .run, !run.confirmed {
            throw NotWanted(report: report, state: .held)
        }
        try await people.disable(leavers, &report, tx)
        try await people.enable(&report, tx)
        try await people.admit(&report, tx)
        try await people.update(&report, tx)
        try await SyncMemberships(run: run, provider: provider, now: now, scope: scope)(&report, tx)
        return report
    }

    private func finish(
        _ run: IdentitySyncRun, as state: IdentitySyncRun.State, _ report: IdentitySyncReport,
        _ staging: IdentitySyncStaging, _ tx: Transaction
    ) async throws {
        let now = clock()
        try await staging.clear(in: tx)
        guard try await IdentitySyncStore.finish(run.id, as: state, report, error: nil, at: now, in: scope, tx) else {
            return
        }
        if run.kind == .preview {
            var sync = try await IdentitySyncStore.lock(run.provider, in: scope, tx)
            sync.previewedAt = now
            sync.version += 1
            try await IdentitySyncStore.update(sync, of: run.provider, in: scope, tx)
        }
        try await IdentitySyncStore.prune(run.provider, in: scope, tx)
        try await tell(run, state == .held ? .refused : .success, report, error: nil, at: now, tx)
    }

    private func fail(_ run: IdentitySyncRun, _ error: String) async throws {
        let (now, error) = (clock(), String(error.prefix(1000)))
        let staging = IdentitySyncStaging(run: run.id, database: database, now: now, scope: scope)
        try await database.transaction(in: scope) { tx in
            try await staging.clear(in: tx)
            guard try await IdentitySyncStore.finish(run.id, as: .failed, nil, error: error, at: now, in: scope, tx)
            else { return }
            try await IdentitySyncStore.prune(run.provider, in: scope, tx)
            try await tell(run, .failed, IdentitySyncReport(), error: error, at: now, tx)
        }
    }

    private func tell(
        _ run: IdentitySyncRun, _ outcome: AuditOutcome, _ report: IdentitySyncReport, error: String?, at now: Date,
        _ tx: Transaction
    ) async throws {
        func count(_ names: IdentitySyncNames) -> JSON { .int(Int64(names.count)) }
        let facts: JSON = [
            "run": .string(run.id.text), "kind": .string(run.kind.rawValue), "created": count(report.created),
            "linked": count(report.linked), "changed": count(report.changed), "enabled": count(report.enabled),
            "disabled": count(report.disabled), "leavers": count(report.leavers),
        ]
        let entry = AuditEntry(
            action: "identity-sync.finished", actor: .system("identity-sync"),
            target: AuditTarget("identity-provider", run.provider), outcome: outcome,
            details: facts.merging(error.map { ["error": .string($0)] } ?? [:])
                .merging(run.askedBy.map { ["askedBy": .string($0)] } ?? [:]), at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
        let event = DomainEvent(
            type: "identity-sync.finished", subject: run.provider.text,
            data: ["run": .string(run.id.text), "outcome": .string(outcome.rawValue)], at: now)
        try await Outbox().publish(event, in: scope, tx)
    }
}
