import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// Tenants, as the hosting provider manages them.
package struct Tenancy: Sendable {
    let store: TenantStore
    let database: Database
    let keys: TenantKeys
    let administrators: any FirstAdministrators
    let letters: LetterBox

    /// `administrators` is Identity's part in a tenant's creation, `letters` that of Messaging; they lie above, so they
    /// are plugged in.
    package init(
        database: Database, keys: TenantKeys, administrators: any FirstAdministrators, letters: LetterBox = .none
    ) {
        store = TenantStore(database: database)
        self.database = database
        self.keys = keys
        self.administrators = administrators
        self.letters = letters
    }

    package func list(_ page: PageRequest, in scope: ProviderScope) async throws -> Rows<Tenant> {
        Rows(try await store.list(page, in: scope), of: page)
    }

    package func find(_ id: TenantID, in scope: some Scope) async throws -> Tenant {
        guard let tenant = try await store.find(id, in: scope) else { throw TenancyError.notFound }
        return tenant
    }

    /// Creates a tenant with its keys and its first administrator, or finishes what broke off halfway.
    ///
    /// The link for the administrator is mailed where that can be, unless `mailing` is false.
    package func create(
        _ request: CreateTenantRequest, mailing: Bool = true, audit: AuditDraft, at now: Date,
        in scope: ProviderScope
    ) async throws -> CreatedTenant {
        let letters = mailing ? letters : .none
        return try await CreateTenant(store: store, keys: keys, administrators: administrators, letters: letters)(
            request, audit: audit, at: now, in: scope)
    }

    /// Moves a tenant on in its life; what its people have open is ended by whoever listens to the event.
    package func change(
        _ id: TenantID, _ transition: TenantTransition, by provider: String, audit: AuditDraft, at now: Date
    ) async throws -> Tenant {
        try await ChangeTenantState(store: store)(
            transition, id, by: AuditActor(kind: .provider, id: nil, name: provider), audit: audit, at: now)
    }

    /// Suspends tenants whose trial is over, a hundred at most; returns how many.
    package func endTrials(at now: Date) async throws -> Int {
        try await EndTrials(store: store)(at: now)
    }

    /// Ends the grace period of a tenant now, or closes it without one.
    package func delete(
        _ id: TenantID, confirmed name: String, by provider: String, audit: AuditDraft, at now: Date
    ) async throws -> Tenant {
        guard try await find(id, in: TenantScope(tenant: id)).name == name else { throw TenancyError.nameDiffers }
        return try await change(id, .endGrace, by: provider, audit: audit, at: now)
    }

    /// Refuses whoever comes to a company that is not open.
    package func requireOpen(at now: Date, in scope: TenantScope) async throws {
        guard let life = try await store.life(in: scope) else { throw TenancyError.notFound }
        if let closure = TenantClosure(life, at: now) { throw TenancyError.closed(closure) }
    }

    /// Replaces a tenant's key; its secrets follow in the background.
    package func rotateKey(
        audit: AuditDraft = .discarding, at now: Date, in scope: TenantScope
    ) async throws -> TenantKeyID {
        try await RotateTenantKey(database: database, keys: keys)(audit: audit, at: now, in: scope)
    }

    /// The keys of a tenant; `waiting` is how many values are still under one before.
    package func keys(
        in scope: TenantScope, waiting: (TenantKeyID) async throws -> Int
    ) async throws -> TenantKeysView {
        let views = try await keys.store.views(in: scope)
        var left = 0
        if let current = views.first(where: { $0.retiredAt == nil }) { left = try await waiting(current.id) }
        return TenantKeysView(keys: views, own: try await keys.tops.stored(in: scope)?.key, waiting: left)
    }

    /// Tenants that still have keys besides their current one.
    package func withRetiredKeys() async throws -> [TenantScope] {
        try await database.query(
            "select distinct tenant_id from tenant_keys where retired_at is not null",
            in: SystemScope(reason: "keys that may be destroyed")
        ) { TenantScope(tenant: try $0.next()) }
    }

    /// Puts a tenant's keys under one of its own.
    package func useOwnKey(
        _ request: UseOwnKeyRequest, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws {
        try await ChangeTopKey(database: database, keys: keys).use(
            request, by: user, at: now, audit: audit, in: scope)
    }

    /// Puts a tenant's keys back under the installation's.
    package func stopOwnKey(audit: AuditDraft, in scope: TenantScope) async throws {
        try await ChangeTopKey(database: database, keys: keys).stop(audit: audit, in: scope)
    }
}

/// What Tenancy needs of Identity: people lie above it.
package protocol FirstAdministrators: Sendable {
    /// Makes the first administrator of a tenant, and the link by which that person comes in.
    ///
    /// Nobody is looked for in a tenant that this transaction makes. A repeat for the same person gives a fresh link, or
    /// none if the person has come in already. Throws `TenancyError.slugTaken` if the tenant's first administrator is
    /// somebody else.
    func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String?
}
