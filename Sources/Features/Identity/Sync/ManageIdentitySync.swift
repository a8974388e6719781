import Audit
import FoundationEssentials
import HTTPAPI
import Jobs
import Kernel
import Postgres

/// Decides how a provider is kept up with, and starts runs: one at a time for each provider.
struct ManageIdentitySync {
    static let job = "identity.sync"
    /// Also how often a run waits for a thread that may read a directory.
    static let tries = 10
    /// A run that began so long ago has lost its server.
    private static let longest: TimeInterval = 2 * 3600

    let database: Database
    let catalogue: PermissionCatalogue

    func change(
        _ id: IdentityProviderID, to change: ChangeIdentitySync, from version: Int, _ acting: Acting
    ) async throws -> IdentitySync {
        try await database.transaction(in: acting.scope) { tx in
            let settings = try await hold(id, acting, tx)
            var sync = try await IdentitySyncStore.lock(id, in: acting.scope, tx)
            guard sync.version == version else { throw IdentityError.changed }
            let filter = change.filter.applied(to: sync.filter)
            try IdentitySync.check(filter: filter)
            // Other people than were seen: they have to be seen first.
            if filter != sync.filter {
                (sync.filter, sync.previewedAt) = (filter, nil)
            }
            let (imports, groups) = try Self.groups(change, sync, settings, acting)
            if imports != sync.importsGroups || groups != sync.groupFilter {
                (sync.importsGroups, sync.groupFilter, sync.previewedAt) = (imports, groups, nil)
            }
            // Whoever is made by it has the role that everybody has.
            if case .set(true) = change.createsUsers { try acting.mayHandle(catalogue.permissions(of: .user)) }
            sync.createsUsers = change.createsUsers.applied(to: sync.createsUsers)
            let disables = change.disablesLeavers.applied(to: sync.disablesLeavers)
            guard !disables || sync.disablesLeavers || sync.previewedAt != nil else { throw IdentityError.previewFirst }
            sync.disablesLeavers = disables
            sync.leaverPercent = change.leaverPercent.applied(to: sync.leaverPercent)
            let interval = change.intervalMinutes.applied(to: sync.intervalMinutes)
            if interval != sync.intervalMinutes || interval == nil {
                sync.intervalMinutes = interval
                sync.nextRunAt = interval.map { acting.now + TimeInterval($0 * 60) }
            }
            sync.version += 1
            try await IdentitySyncStore.update(sync, of: id, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            return sync
        }
    }

    /// Whether groups are taken in, and which.
    private static func groups(
        _ change: ChangeIdentitySync, _ sync: IdentitySync, _ settings: LDAPSettings, _ acting: Acting
    ) throws -> (Bool, String?) {
        let imports = change.importsGroups.applied(to: sync.importsGroups)
        let filter = change.groupFilter.applied(to: sync.groupFilter)
        try IdentitySync.check(filter: filter, field: "groupFilter")
        guard !imports || sync.importsGroups || settings.groups != .none else {
            throw Invalid("takes a provider that looks up groups", field: "importsGroups")
        }
        // Whoever is in a group has what is granted to it, and one that is not among them any more is emptied.
        guard
            (imports, filter) == (sync.importsGroups, sync.groupFilter) || acting.permissions.contains(.groupsManage)
        else { throw IdentityError.beyondOwnPermissions }
        return (imports, filter)
    }

    func start(
        _ id: IdentityProviderID, _ request: StartIdentitySync, _ acting: Acting
    ) async throws -> IdentitySyncRun {
        try await database.transaction(in: acting.scope) { tx in
            _ = try await hold(id, acting, tx)
            let sync = try await IdentitySyncStore.lock(id, in: acting.scope, tx)
            guard request.kind == .preview || sync.previewedAt != nil else { throw IdentityError.previewFirst }
            let login = try await tx.first(
                "select login from users where tenant_id = \(acting.scope.tenant) and user_id = \(acting.user)"
            ) { try $0.next(String.self) }
            acting.audit.detail("kind", .string(request.kind.rawValue))
            if let most = request.mayDisable { acting.audit.detail("mayDisable", .int(Int64(most))) }
            if let most = request.mayRemove { acting.audit.detail("mayRemove", .int(Int64(most))) }
            let run = Self.run(of: id, request, by: login, at: acting.now)
            guard try await begin(run, at: acting.now, in: acting.scope, tx) else { throw IdentityError.syncUnderWay }
            acting.audit.detail("run", .string(run.id.text))
            try await acting.audit.write(in: tx)
            return run
        }
    }

    /// Starts the runs that are due, and tells how many there were. One that cannot be started hinders no other: it has its
    /// turn at its next time, and a failed run to show for this one.
    func startDue(at now: Date, missed: (MissedSync) -> Void) async throws -> Int {
        var count = 0
        for (scope, id) in try await IdentitySyncStore.due(at: now, database) {
            do {
                if try await startDue(id, at: now, in: scope) { count += 1 }
            } catch  where Task.isCancelled {
                throw error
            } catch {
                missed(MissedSync(tenant: scope.tenant, provider: id, error: error))
                do {
                    if try await putOff(id, at: now, in: scope) { count += 1 }
                } catch {
                    missed(MissedSync(tenant: scope.tenant, provider: id, error: error))
                }
            }
        }
        return count
    }

    private func startDue(_ id: IdentityProviderID, at now: Date, in scope: TenantScope) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            guard let sync = try await IdentitySyncStore.takeDue(id, at: now, in: scope, tx) else { return false }
            guard sync.previewedAt != nil, try await IdentityProviderStore.holdEnabled(id, in: scope, tx) else {
                return true
            }
            // One that is under way is as good as another one.
            _ = try await begin(Self.run(of: id, by: nil, at: now), at: now, in: scope, tx)
            return true
        }
    }

    private func putOff(_ id: IdentityProviderID, at now: Date, in scope: TenantScope) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            guard try await IdentitySyncStore.takeDue(id, at: now, in: scope, tx) != nil else { return false }
            let run = Self.run(of: id, by: nil, at: now)
            guard try await IdentitySyncStore.insert(run, in: scope, tx) else { return true }
            let words = "it could not be started"
            try await IdentitySyncStore.finish(run.id, as: .failed, nil, error: words, at: now, in: scope, tx)
            try await IdentitySyncStore.prune(id, in: scope, tx)
            try await run.tell(.failed, IdentitySyncReport(), error: words, at: now, in: scope, database, tx)
            return true
        }
    }

    private func begin(
        _ run: IdentitySyncRun, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await IdentitySyncStore.abandon(run.provider, before: now - Self.longest, at: now, in: scope, tx)
        guard try await IdentitySyncStore.insert(run, in: scope, tx) else { return false }
        try await JobQueue(database: database).enqueue(
            kind: Self.job, payload: ["run": .string(run.id.text)], tenant: scope.tenant, runAt: now,
            dedupeKey: run.id.text, maxAttempts: Self.tries, in: tx)
        return true
    }

    private func hold(
        _ id: IdentityProviderID, _ acting: Acting, _ tx: Transaction
    ) async throws -> LDAPSettings {
        guard let provider = try await IdentityProviderStore.lock(id, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        acting.audit.target("identity-provider", id.text, name: provider.name)
        guard case .ldap(let settings) = provider.settings else { throw IdentityError.nothingToSync }
        return settings
    }

    private static func run(
        of id: IdentityProviderID, _ request: StartIdentitySync = .unasked, by login: String?, at now: Date
    ) -> IdentitySyncRun {
        IdentitySyncRun(
            id: .new(at: now), provider: id, kind: request.kind, state: .waiting, mayDisable: request.mayDisable,
            mayRemove: request.mayRemove, askedBy: login, entries: 0, report: nil, error: nil, createdAt: now,
            startedAt: nil, finishedAt: nil)
    }
}
