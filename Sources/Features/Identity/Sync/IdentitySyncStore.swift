import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The rows of how providers are kept up with, and of the runs.
enum IdentitySyncStore {
    private static let settings: SQL = """
        filter, interval_minutes, creates_users, disables_leavers, leaver_percent, imports_groups, group_filter,
          previewed_at, next_run_at, version
        """

    static func find(
        _ provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> IdentitySync? {
        try await database.first(
            """
            select \(fragment: settings)
            from identity_syncs where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """, in: scope, sync)
    }

    /// Holds the row, which is written if there is none.
    static func lock(
        _ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> IdentitySync {
        try await tx.execute(
            """
            insert into identity_syncs (tenant_id, identity_provider_id) values (\(scope.tenant), \(provider))
            on conflict do nothing
            """)
        return try await tx.first(
            """
            select \(fragment: settings)
            from identity_syncs where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) for update
            """, sync) ?? .initial
    }

    static func update(
        _ sync: IdentitySync, of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update identity_syncs set filter = \(sync.filter), interval_minutes = \(sync.intervalMinutes),
              creates_users = \(sync.createsUsers), disables_leavers = \(sync.disablesLeavers),
              leaver_percent = \(sync.leaverPercent), imports_groups = \(sync.importsGroups),
              group_filter = \(sync.groupFilter), previewed_at = \(sync.previewedAt),
              next_run_at = \(sync.nextRunAt), version = \(sync.version)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """)
    }

    private static func sync(_ row: inout Row) throws -> IdentitySync {
        IdentitySync(
            filter: try row.next(), intervalMinutes: try row.next(), createsUsers: try row.next(),
            disablesLeavers: try row.next(), leaverPercent: try row.next(),
            importsGroups: try row.next(), groupFilter: try row.next(), previewedAt: try row.next(),
            nextRunAt: try row.next(), version: try row.next())
    }

    /// How much of what a run reads it needs side by side: all of it, if memberships are to be worked out.
    static func scale(
        of provider: IdentityProvider, _ sync: IdentitySync, in scope: TenantScope, _ database: Database
    ) async throws -> ReadDirectory.Scale {
        guard provider.rules.isEmpty, !sync.importsGroups else { return .all }
        let areGiven = try await database.transaction(in: scope) { tx in
            try await IdentityLinkStore.givesAnything(provider.id, in: scope, tx)
        }
        return areGiven ? .all : .unsettled(of: provider.id)
    }

    /// The provider's people may be others now: somebody has to see them first.
    static func askForPreview(
        of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update identity_syncs set previewed_at = null, version = version + 1
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and previewed_at is not null
            """)
    }

    /// Whose next run is due.
    static func due(at now: Date, _ database: Database) async throws -> [(TenantScope, IdentityProviderID)] {
        try await database.query(
            """
            select tenant_id, identity_provider_id from identity_syncs
            where next_run_at <= \(now) order by next_run_at limit 200
            """, in: SystemScope(reason: "start syncs that are due")
        ) { (TenantScope(tenant: try $0.next()), try $0.next()) }
    }

    /// Holds one that is due, whose next time is set. Nil if it is due no more, or somebody else holds it, such as a run of
    /// it: that is no reason to wait.
    static func takeDue(
        _ provider: IdentityProviderID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> IdentitySync? {
        let due = try await tx.first(
            """
            select \(fragment: settings)
            from identity_syncs
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and next_run_at <= \(now)
            for update skip locked
            """, sync)
        guard var due, let minutes = due.intervalMinutes else { return nil }
        due.nextRunAt = now + TimeInterval(minutes * 60)
        try await update(due, of: provider, in: scope, tx)
        return due
    }

    // MARK: runs

    private static let columns: SQL = """
        r.identity_sync_run_id, r.identity_provider_id, r.kind, r.state, r.may_disable, r.may_remove, r.asked_by,
          r.entries, r.report, r.error, r.created_at, r.started_at, r.finished_at
        from identity_sync_runs r
        """

    private static func decode(_ row: inout Row) throws -> IdentitySyncRun {
        let (id, provider): (IdentitySyncRunID, IdentityProviderID) = (try row.next(), try row.next())
        let (kind, state): (IdentitySyncRun.Kind, IdentitySyncRun.State) = (try row.next(), try row.next())
        let (mayDisable, mayRemove): (Int?, Int?) = (try row.next(), try row.next())
        let by: String? = try row.next()
        let entries: Int = try row.next()
        let report: JSON? = try row.next()
        return IdentitySyncRun(
            id: id, provider: provider, kind: kind, state: state, mayDisable: mayDisable,
            mayRemove: mayRemove, askedBy: by, entries: entries,
            report: try report.map { try IdentitySyncReport.schema.parse($0) }, error: try row.next(),
            createdAt: try row.next(), startedAt: try row.next(), finishedAt: try row.next())
    }

    static func runs(
        of provider: IdentityProviderID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [IdentitySyncRun] {
        try await database.query(
            """
            select \(fragment: columns)
            where r.tenant_id = \(scope.tenant) and r.identity_provider_id = \(provider) \(page)
            """, in: scope, decode)
    }

    static func run(
        _ id: IdentitySyncRunID, of provider: IdentityProviderID?, in scope: TenantScope, _ database: Database
    ) async throws -> IdentitySyncRun? {
        try await database.first(
            """
            select \(fragment: columns) where r.tenant_id = \(scope.tenant) and r.identity_sync_run_id = \(id)
              and r.identity_provider_id = coalesce(\(provider), r.identity_provider_id)
            """, in: scope, decode)
    }

    /// Ends a run whose servers went away with all of its tries.
    static func abandon(
        _ provider: IdentityProviderID, before moment: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update identity_sync_runs set state = 'failed', error = 'its server went away', finished_at = \(now)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and finished_at is null
              and coalesce(started_at, created_at) < \(moment)
            """)
    }

    /// False if one is under way.
    static func insert(_ run: IdentitySyncRun, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            insert into identity_sync_runs (tenant_id, identity_sync_run_id, identity_provider_id, kind, state,
              may_disable, may_remove, asked_by, created_at)
            values (\(scope.tenant), \(run.id), \(run.provider), \(run.kind), \(run.state),
              \(run.mayDisable), \(run.mayRemove), \(run.askedBy), \(run.createdAt))
            on conflict (tenant_id, identity_provider_id) where finished_at is null do nothing
            """) == 1
    }

    /// The run and which attempt at it this is; nil if it is over already.
    static func start(
        _ id: IdentitySyncRunID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> (run: IdentitySyncRun, attempt: Int)? {
        let attempt = try await database.first(
            """
            update identity_sync_runs set state = 'running', started_at = \(now), entries = 0, attempt = attempt + 1
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(id) and finished_at is null
            returning attempt
            """, in: scope
        ) { try $0.next(Int.self) }
        guard let attempt, let run = try await run(id, of: nil, in: scope, database) else { return nil }
        return (run, attempt)
    }

    /// Holds the run; false if it is over, or somebody else has taken it up since.
    static func hold(
        _ id: IdentitySyncRunID, attempt: Int, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select attempt from identity_sync_runs
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(id) and finished_at is null for update
            """
        ) { try $0.next(Int.self) } == attempt
    }

    static func note(
        _ entries: Int, of id: IdentitySyncRunID, in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            update identity_sync_runs set entries = \(entries)
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(id)
            """, in: scope)
    }

    static func finish(
        _ id: IdentitySyncRunID, as state: IdentitySyncRun.State, _ report: IdentitySyncReport?, error: String?,
        at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let json = try report.map { try JSONParser.parse(IdentitySyncReport.schema.bytes(of: $0)) }
        try await tx.execute(
            """
            update identity_sync_runs set state = \(state), report = \(json), error = \(error), finished_at = \(now)
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(id) and finished_at is null
            """)
    }

    /// Keeps the latest hundred runs.
    static func prune(_ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from identity_sync_runs where tenant_id = \(scope.tenant) and identity_sync_run_id in (
              select identity_sync_run_id from identity_sync_runs
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and finished_at is not null
              order by created_at desc offset 100)
            """)
    }
}
