import Audit
import FoundationEssentials
import HTTPAPI
import Jobs
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
    /// Whose people they are was changed while they were read.
    private struct Outdated: Error {}
    /// What was read is gone, as after a crash of the database.
    struct Lost: Error {}
    /// Another server has taken the run up, and what is done here is of no use.
    struct TakenOver: Error {}

    let database: Database
    let signIn: ProviderSignIn
    let clock: @Sendable () -> Date
    let scope: TenantScope
    var reviews = SignInReviews.none

    /// `isLast` says that a failure of the database is the end, and not tried again.
    func callAsFunction(_ id: IdentitySyncRunID, isLast: Bool) async throws {
        guard let (run, attempt) = try await IdentitySyncStore.start(id, at: clock(), in: scope, database) else {
            return
        }
        let staging = IdentitySyncStaging(run: id, attempt: attempt, database: database, now: clock(), scope: scope)
        do {
            try await work(run, staging)
        } catch is TakenOver {
            try await staging.clear()
        } catch  where Task.isCancelled {
            throw error
        } catch {
            if let words = Self.words(of: error) {
                try await fail(run, words, staging)
            } else if isLast {
                let isBusy = error is BlockingPool.Busy
                try await fail(
                    run, isBusy ? "too many directories are being read at once" : "something went wrong here", staging)
                throw error
            } else if error is BlockingPool.Busy {
                throw JobFailure.tryAgain(after: .seconds(30), "many directories are being read")
            } else {
                throw error
            }
        }
    }

    /// Why a run failed that would fail again; nil for what may be better soon.
    private static func words(of error: any Error) -> String? {
        switch error {
        case let error as LDAPError: "\(error)"
        case IdentityError.notFound: "the provider is switched off"
        case IdentityError.nothingToSync: "the provider has no list of its people"
        case is Outdated: "the provider was changed meanwhile"
        case is ReadDirectory.TooManyGroups:
            "the directory has more than \(SyncGroups.most) groups to take in; a filter narrows them"
        case let error as TenancyError: "the company is closed: \(error)"
        default: nil
        }
    }

    private func work(_ run: IdentitySyncRun, _ staging: IdentitySyncStaging) async throws {
        guard let candidate = try await IdentityProviderStore.find(run.provider, in: scope, database),
            candidate.provider.enabled
        else { throw IdentityError.notFound }
        let sync = try await IdentitySyncStore.find(run.provider, in: scope, database) ?? .initial
        let scale = try await IdentitySyncStore.scale(of: candidate.provider, sync, in: scope, database)
        let read = try await signIn.reader(of: candidate, sync, into: staging)(scale)
        try await IdentitySyncStore.note(read.entries, of: run.id, in: scope, database)
        do {
            try await database.transaction(in: scope) { tx in
                let now = try await current(candidate.provider, sync, tx)
                // What was changed while the run stood in line was not seen in a preview.
                guard run.kind == .preview || now.previewedAt != nil else { throw Outdated() }
                let report = try await apply(run, now, read, staging, tx)
                if run.kind == .preview { throw NotWanted(report: report, state: .done) }
                try await finish(run, as: .done, report, staging, tx)
            }
        } catch let end as NotWanted {
            try await database.transaction(in: scope) { tx in
                _ = try await current(candidate.provider, sync, tx)
                guard try await IdentitySyncStore.hold(run.id, attempt: staging.attempt, in: scope, tx) else {
                    throw TakenOver()
                }
                try await finish(run, as: end.state, end.report, staging, tx)
            }
        }
    }

    /// What is to be done, as long as who the people are is what it was when they were read.
    private func current(
        _ before: IdentityProvider, _ sync: IdentitySync, _ tx: Transaction
    ) async throws -> IdentitySync {
        // In the order of whoever changes the provider.
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard let provider = try await IdentityProviderStore.lock(before.id, in: scope, tx), provider.enabled else {
            throw IdentityError.notFound
        }
        let now = try await IdentitySyncStore.lock(before.id, in: scope, tx)
        guard provider.settings.isSame(as: before.settings), provider.rules == before.rules, now.filter == sync.filter,
            now.importsGroups == sync.importsGroups, now.groupFilter == sync.groupFilter
        else { throw Outdated() }
        return now
    }

    /// Makes the people here those who were read.
    func apply(
        _ run: IdentitySyncRun, _ sync: IdentitySync, _ read: ReadDirectory.Outcome, _ staging: IdentitySyncStaging,
        _ tx: Transaction
    ) async throws -> IdentitySyncReport {
        let now = clock()
        guard try await IdentitySyncStore.hold(run.id, attempt: staging.attempt, in: scope, tx) else {
            throw TakenOver()
        }
        guard try await staging.holds(read, tx) else { throw Lost() }
        try await TenantDoor.check(at: now, in: scope, tx)
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard let provider = try await IdentityProviderStore.lock(run.provider, in: scope, tx) else {
            throw IdentityError.notFound
        }
        // What sorts and joins of everybody need, where it would go to a file.
        try await tx.enqueue("set local work_mem = '32MB'")
        let people = SyncPeople(
            staging: staging, provider: provider, sync: sync, trail: AuditLog(database: database),
            reviews: reviews, now: now)
        var report = IdentitySyncReport()
        report.inactive = read.inactive
        if read.nameless.count > 0 {
            report.refused.append(IdentitySyncRefusals(reason: .noSubject, people: read.nameless))
        }
        if read.sharedAccounts.count > 0 {
            report.refused.append(IdentitySyncRefusals(reason: .sharedAccount, people: read.sharedAccounts))
        }
        let leavers = try await people.leavers(read, &report, tx)
        if report.needsConfirmation, run.kind == .run, run.mayDisable ?? 0 < leavers.count {
            throw NotWanted(report: report, state: .held)
        }
        try await people.disable(leavers, &report, tx)
        if read.people > 0 {
            try await people.enable(&report, tx)
            try await people.admit(&report, tx)
            // Who was created a moment ago is all that the directory says of them, but for their managers.
            let isFirst = report.known == 0 && report.linked.count == 0
            var told: Set<UserID> = []
            if !isFirst {
                told = try await staging.overEverything(tx) {
                    try await people.settlePlaces(tx)
                    return try await people.update(&report, tx)
                }
            }
            let haveManagers = isFirst ? try await people.haveManagers(tx) : true
            if haveManagers {
                try await staging.overEverything(tx) {
                    try await people.settleManagers(&report, besides: told, signIn.catalogue, tx)
                }
            }
        }
        let exchange = RuleExchange(
            provider: provider, ledger: .directory, catalogue: signIn.catalogue, trail: AuditLog(database: database),
            actor: "identity-sync", now: now, scope: scope)
        let memberships = SyncMemberships(staging: staging, exchange: exchange, percent: sync.leaverPercent)
        let groups = SyncGroups(
            staging: staging, provider: provider, sync: sync, trail: AuditLog(database: database), now: now)
        var isTooMuch = false
        if try await memberships.isNeeded(tx) {
            // They are everybody's, and somebody was left out: it was not needed then.
            guard read.presence == nil else { throw Lost() }
            isTooMuch = try await memberships(read, &report, tx)
        }
        if try await groups.isNeeded(tx) {
            guard read.presence == nil || !sync.importsGroups else { throw Lost() }
            if try await groups(read, &report, tx) { isTooMuch = true }
        }
        guard isTooMuch else { return report }
        report.needsConfirmation = true
        if run.kind == .run, run.mayRemove ?? 0 < report.removals {
            throw NotWanted(report: report, state: .held)
        }
        return report
    }

    private func finish(
        _ run: IdentitySyncRun, as state: IdentitySyncRun.State, _ report: IdentitySyncReport,
        _ staging: IdentitySyncStaging, _ tx: Transaction
    ) async throws {
        let now = clock()
        try await staging.clear(in: tx)
        try await IdentitySyncStore.finish(run.id, as: state, report, error: nil, at: now, in: scope, tx)
        if run.kind == .preview {
            var sync = try await IdentitySyncStore.lock(run.provider, in: scope, tx)
            sync.previewedAt = now
            sync.version += 1
            try await IdentitySyncStore.update(sync, of: run.provider, in: scope, tx)
        }
        try await IdentitySyncStore.prune(run.provider, in: scope, tx)
        try await run.tell(state == .held ? .refused : .success, report, error: nil, at: now, in: scope, database, tx)
    }

    private func fail(_ run: IdentitySyncRun, _ error: String, _ staging: IdentitySyncStaging) async throws {
        let (now, error) = (clock(), String(error.prefix(1000)))
        try await database.transaction(in: scope) { tx in
            try await staging.clear(in: tx)
            guard try await IdentitySyncStore.hold(run.id, attempt: staging.attempt, in: scope, tx) else { return }
            try await IdentitySyncStore.finish(run.id, as: .failed, nil, error: error, at: now, in: scope, tx)
            try await IdentitySyncStore.prune(run.provider, in: scope, tx)
            try await run.tell(.failed, IdentitySyncReport(), error: error, at: now, in: scope, database, tx)
        }
    }
}
