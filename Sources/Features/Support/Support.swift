import Audit
package import FoundationEssentials
package import HTTPAPI
package import Identity
package import Kernel
package import Postgres
package import Tenancy

/// Support access: the provider's people inside of a tenant, by the tenant's consent and never longer.
package struct Support: Sendable {
    let database: Database
    let tenancy: Tenancy
    let catalogue: PermissionCatalogue
    let portal: PortalAddress

    package init(database: Database, tenancy: Tenancy, catalogue: PermissionCatalogue, portal: PortalAddress) {
        self.database = database
        self.tenancy = tenancy
        self.catalogue = catalogue
        self.portal = portal
    }

    /// The kinds of events that are published here, and what the data of each may have.
    package static var eventKinds: [(type: String, members: [String])] { SupportTrail.kinds }

    // The provider's side.

    package func wishes(
        _ page: PageRequest, of person: ProviderOperatorID, at now: Date, in scope: ProviderScope
    ) async throws -> Rows<SupportWish> {
        Rows(try await SupportStore.wishes(page, of: person, at: now, in: scope, database), of: page)
    }

    package func ask(_ request: AskForSupport, _ tenant: TenantID, _ acting: SupportActing) async throws
        -> SupportAccessID
    {
        try await AskTenant(database: database)(
            request, try await tenancy.find(tenant, in: ProviderScope()), acting)
    }

    package func withdraw(_ id: SupportAccessID, _ acting: SupportActing) async throws {
        let scope = try await scope(of: id, acting)
        try await database.transaction(in: scope) { tx in
            guard let access = try await SupportStore.lock(id, in: scope, tx) else { throw SupportError.notFound }
            let state = try access.state.after(.withdraw)
            try await SupportStore.setState(
                state, endsAt: acting.now, of: id, by: nil, nil, at: acting.now, in: scope, tx)
            try await SupportTrail(database: database).tell(
                .withdrawn, id, by: .provider(acting.operator, acting.name), at: acting.now, in: scope, tx)
        }
    }

    /// The link that leads the operator into the tenant's portal.
    package func makeEntry(_ id: SupportAccessID, _ acting: SupportActing) async throws -> SupportEntry {
        let scope = try await scope(of: id, acting)
        let token = try await EnterTenant(database: database).makeEntry(id, in: scope, acting)
        let slug = try await tenancy.find(scope.tenant, in: ProviderScope()).slug
        return SupportEntry(url: portal.url(of: slug.text) + "/support#token=" + token)
    }

    private func scope(of id: SupportAccessID, _ acting: SupportActing) async throws -> TenantScope {
        acting.audit.target("support-access", id.text)
        guard let scope = try await SupportStore.tenant(of: id, acting.operator, database) else {
            throw SupportError.notFound
        }
        acting.audit.detail("tenant", .string(scope.tenant.text))
        return scope
    }

    // The tenant's side.

    package func list(_ page: PageRequest, at now: Date, in scope: TenantScope) async throws -> Rows<SupportAccess> {
        Rows(try await SupportStore.list(page, at: now, in: scope, database), of: page)
    }

    package func decide(
        _ step: SupportState.Step, _ id: SupportAccessID, shorterThan limit: Int? = nil, by user: UserID,
        _ name: String, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> SupportAccess {
        try await DecideSupport(database: database)(
            step, id, shorterThan: limit, by: user, name, audit: audit, at: now, in: scope)
        guard let access = try await SupportStore.find(id, at: now, in: scope, database) else {
            throw SupportError.notFound
        }
        return access
    }

    /// The browser that a link led here gets its session.
    package func enter(
        _ request: EnterSupport, _ facts: RequestFacts, _ response: ResponseDraft, audit: AuditDraft, at now: Date,
        in scope: TenantScope
    ) async throws {
        try await EnterTenant(database: database).enter(
            request.token, facts, response, audit: audit, at: now, in: scope)
    }

    /// Ends the session of the browser that asks.
    package func leave(_ facts: RequestFacts, _ response: ResponseDraft, at now: Date, in scope: TenantScope)
        async throws
    {
        response.clear(cookie: Cookie.supportName)
        guard let token = facts.cookie(Cookie.supportName),
            let found = try await SupportSessionStore.find(token, at: now, in: scope, database)
        else { return }
        try await database.transaction(in: scope) { tx in
            try await SupportSessionStore.end(found.access.id, in: scope, tx)
        }
    }
}
