package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel
package import ObjectStore
package import Postgres
package import Tenancy

/// Connections to assets: granted, kept alive by leases, recorded, ended.
package struct Sessions: Sendable {
    let database: Database
    let keys: TenantKeys
    let objects: any ObjectStore
    let line: WorkerLine

    package init(database: Database, keys: TenantKeys, objects: any ObjectStore, line: WorkerLine) {
        self.database = database
        self.keys = keys
        self.objects = objects
        self.line = line
    }
}

// What Hosting calls for a worker.
extension Sessions {
    /// Writes down a session that is being granted, in the transaction that decides so. Throws `QuotaExceeded` if the
    /// plan allows no more.
    package func create(_ new: NewSession, tenant: TenantID, in transaction: Transaction) async throws {
        try await CreateSession()(new, tenant: tenant, in: transaction)
    }

    /// Renews leases; see `RenewLeases`.
    package func renew(_ reports: [SessionReport], of worker: WorkerID, at now: Date) async throws -> LeaseAnswer {
        try await RenewLeases(database: database)(reports, of: worker, at: now)
    }

    /// The tenants of a worker's sessions; what is not its own is left out.
    package func tenants(of sessions: [SessionID], on worker: WorkerID) async throws -> Set<TenantID> {
        let scope = SystemScope(reason: "tenants on \(worker)")
        return Set(
            try await database.query(SessionStore.homes(of: sessions, on: worker), in: scope) { row in
                _ = try row.next(SessionID.self)
                return try row.next(TenantID.self)
            })
    }

    /// Takes what happened in a session.
    package func store(
        _ facts: [SessionFact], of session: SessionID, from worker: WorkerID, at now: Date
    ) async throws -> FactsStored {
        try await StoreFacts(database: database)(facts, of: session, from: worker, at: now)
    }

    /// Takes a worker's last word about a session.
    package func close(
        _ session: SessionID, with end: SessionEnd, from worker: WorkerID, at now: Date
    ) async throws {
        try await CloseSession(database: database)(end, of: session, from: worker, at: now)
    }

    /// Which tenant and asset a worker's session is about; throws `notFound` for what is not its own.
    package func asset(
        of session: SessionID, from worker: WorkerID
    ) async throws -> (scope: TenantScope, asset: AssetID) {
        let scope = try await SessionHome(database: database).scope(of: session, on: worker)
        let asset = try await database.first(
            "select asset_id from sessions where tenant_id = \(scope.tenant) and session_id = \(session)", in: scope,
            { try $0.next(AssetID.self) })
        guard let asset else { throw SessionError.notFound }
        return (scope, asset)
    }
}

// Ending.
extension Sessions {
    /// Ends all sessions that the selection names, in the transaction of what makes it necessary. Returns their ids.
    @discardableResult
    package func end(
        where selection: SessionSelection, because reason: EndReason, text: String? = nil, tenant: TenantID,
        in transaction: Transaction, at now: Date
    ) async throws -> [SessionID] {
        let ended = try await EndSessions(line: line)(
            where: selection, tenant: tenant, in: transaction, at: now, because: { _ in reason }, text: text)
        return ended.map(\.id)
    }

    /// The same, in a transaction of its own.
    @discardableResult
    package func end(
        where selection: SessionSelection, because reason: EndReason, text: String? = nil, in scope: TenantScope,
        at now: Date
    ) async throws -> [SessionID] {
        try await database.transaction(in: scope) { transaction in
            try await end(
                where: selection, because: reason, text: text, tenant: scope.tenant, in: transaction, at: now)
        }
    }

    /// Moves the ends of the sessions that stand on a grant to where its end is now, and tells their workers at once: a
    /// lease would tell them too, but the old end may come first. Returns those that moved.
    @discardableResult
    package func moveEnds(on grant: GrantID, in scope: TenantScope, at now: Date) async throws -> [SessionID] {
        try await MoveEnds(database: database, line: line)(on: grant, in: scope, at: now)
    }

    /// Ends a session for an administrator.
    package func terminate(
        _ id: SessionID, saying reason: TerminationReason, in scope: TenantScope, at now: Date, audit: AuditDraft
    ) async throws -> SessionView {
        try await TerminateSession(database: database, line: line)(id, saying: reason, in: scope, at: now, audit: audit)
        return try await find(id, in: scope)
    }

    /// Ends what is over and nobody else ended: called every few seconds, on one node at a time.
    @discardableResult
    package func sweep(at now: Date) async throws -> Int {
        try await SweepSessions(database: database, line: line)(at: now)
    }
}

// Looking again.
extension Sessions {
    /// Tenants in which somebody is at work.
    package func busyTenants() async throws -> [TenantScope] {
        try await database.query(
            "select distinct tenant_id from sessions where state <> 'ended'",
            in: SystemScope(reason: "sessions to look at again"), { TenantScope(tenant: try $0.next()) })
    }

    /// The sessions of a tenant that have not ended.
    package func live(in scope: TenantScope) async throws -> [LiveSession] {
        try await database.query(SessionStore.live(tenant: scope.tenant), in: scope) { row in
            LiveSession(
                id: try row.next(), user: NamedUser(id: try row.next(), name: try row.next()), asset: try row.next(),
                account: try row.next())
        }
    }
}

// Reading.
extension Sessions {
    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<SessionView> {
        let rows = try await database.query(SessionQueries.list(page, nil, scope), in: scope, SessionQueries.decode)
        return Rows(rows, of: page)
    }

    /// A person's own sessions.
    package func list(_ page: PageRequest, of user: UserID, in scope: TenantScope) async throws -> Rows<SessionView> {
        let rows = try await database.query(SessionQueries.list(page, user, scope), in: scope, SessionQueries.decode)
        return Rows(rows, of: page)
    }

    package func find(_ id: SessionID, in scope: TenantScope) async throws -> SessionView {
        let view = try await database.first(SessionQueries.find(id, scope), in: scope, SessionQueries.decode)
        guard let view else { throw SessionError.notFound }
        return view
    }

    /// Command lines of one session, or of all.
    package func commands(
        of session: SessionID?, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<CommandView> {
        if let session { _ = try await find(session, in: scope) }
        let rows = try await database.query(
            SessionQueries.commands(page, session, scope), in: scope, SessionQueries.decodeCommand)
        return Rows(rows, of: page)
    }
}
