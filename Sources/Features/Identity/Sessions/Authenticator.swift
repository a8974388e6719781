import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Kernel
package import Postgres
package import Tenancy

/// Who sends a request to `/api/v1`: one statement finds session, token or key, person, tenant and permissions.
///
/// The tenant is the host's; the organization that is looked at, if any, is the one of the request's header. A cookie or
/// a token of another tenant is not found there, and gets the same answer as one that never existed.
package struct Authenticator: Sendable {
    let database: Database
    let catalogue: PermissionCatalogue
    let keys: TenantKeys
    let pace = AccessKeyPace()
    private let tenants: TenantSettings
    let now: @Sendable () -> Date

    package init(
        database: Database, catalogue: PermissionCatalogue, keys: TenantKeys, tenants: TenantSettings,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.database = database
        self.catalogue = catalogue
        self.keys = keys
        self.tenants = tenants
        self.now = now
    }

    package func callAsFunction(_ request: Incoming) async throws -> Authenticated<TenantAPI.Caller> {
        guard let scope = request.tenant else { throw Problem(.notFound) }
        let chosen = try request.chosenOrganization()
        switch try request.credential(cookie: Cookie.webSessionName) {
        case nil: throw Problem.unauthenticated()
        case .cookie(let token):
            return try await browser(token, looking: chosen, from: request.facts.clientAddress, in: scope)
        case .bearer(let token):
            return try await program(token, looking: chosen, from: request.facts.clientAddress, in: scope)
        case .signature: return try await signed(request, looking: chosen, in: scope)
        }
    }

    private func browser(
        _ token: String, looking chosen: OrganizationID?, from address: String, in scope: TenantScope
    ) async throws -> Authenticated<TenantAPI.Caller> {
        let now = now()
        let hash = RandomToken.hash(of: token).bytes
        let found = try await database.first(
            """
            select s.web_session_id, s.token_hash = \(hash), s.last_seen_at, s.rotated_at, s.expires_at,
              s.second_factor_at, s.exempt_after, s.device_hash, s.ended_because, \(fragment: Setting.sessionIdle.said(at: "u")), \(fragment: Self.person(chosen, at: now))
            from web_sessions s
            join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
            join tenants t on t.tenant_id = s.tenant_id
            where s.tenant_id = \(scope.tenant) and (s.token_hash = \(hash) or s.previous_token_hash = \(hash))
            """, in: scope
        ) { row in
            (
                id: try row.next(WebSessionID.self),
                shown: try row.next(Bool.self) ? WebSessionLife.Token.current : .previous,
                life: WebSessionLife(
                    lastSeenAt: try row.next(), rotatedAt: try row.next(), expiresAt: try row.next()),
                secondFactorAt: try row.next(Date?.self), exemptAfter: try row.next(SessionExemption?.self),
                device: try row.next([UInt8]?.self),
                end: try row.next(WebSessionEnd?.self),
                idle: try row.next(JSON?.self),
                person: try Self.person(&row, chosen)
            )
        }
        let tenantIdle = try await tenants.value(of: Setting.sessionIdle, in: scope)
        guard let found else { throw Problem.unauthenticated("The session is over.") }
        if let end = found.end { throw end.problem }
        let idle = TimeInterval(Setting.sessionIdle.value(of: tenantIdle, unless: found.idle) * 60)
        guard case .valid(let rotate, let touch) = found.life.verdict(on: found.shown, idle: idle, at: now)
        else {
            throw Problem.unauthenticated("The session is over.")
        }
        let person = try found.person.admitted(at: now)
        // A session without a second factor opens nothing, unless it was let in so and the tenant's rules still say that none
        // is asked of this person here.
        if found.secondFactorAt == nil {
            let guarding = GuardExemption(
                database: database, tenants: tenants, entrance: .web, address: address, now: now)
            guard let exemption = found.exemptAfter,
                try await guarding(person.user, exemption, device: found.device, in: scope)
            else { throw Problem.unauthenticated("The session has no second factor.") }
        }
        let reach = try person.reach(catalogue, in: scope)
        var cookie: Cookie?
        if rotate {
            let fresh = RandomToken()
            if try await WebSessionStore.rotate(found.id, from: hash, to: fresh, at: now, in: scope, database) {
                cookie = .webSession(fresh, lasting: found.life.expiresAt.timeIntervalSince(now))
            }
        } else if touch {
            try await WebSessionStore.touch(found.id, at: now, in: scope, database)
        }
        return Authenticated(
            caller: TenantAPI.Caller(
                scope: scope, user: person.user, name: person.name, session: found.id, reach: reach,
                lasting: person.lasting(catalogue, in: scope)),
            permissions: reach.anywhere, means: .cookie, secondFactorAt: found.secondFactorAt,
            stepUpAge: try await stepUpAge(in: scope), cookie: cookie)
    }

    private func program(
        _ token: String, looking chosen: OrganizationID?, from address: String, in scope: TenantScope
    ) async throws -> Authenticated<TenantAPI.Caller> {
        let now = now()
        let hash = RandomToken.hash(of: token).bytes
        let found = try await database.first(
            """
            select k.api_token_id, k.last_used_at, k.second_factor_at, k.exempt_after, k.sign_in_rule_id, k.sources,
              exists (
                select from tenant_sign_in_rules r where r.tenant_id = k.tenant_id and r.rules <> '[]'),
              \(fragment: Self.person(chosen, at: now))
            from api_tokens k
            join users u on u.tenant_id = k.tenant_id and u.user_id = k.user_id
            join tenants t on t.tenant_id = k.tenant_id
            where k.tenant_id = \(scope.tenant) and k.token_hash = \(hash) and k.revoked_at is null
              and (k.expires_at is null or k.expires_at > \(now))
            """, in: scope
        ) { row in
            (
                id: try row.next(APITokenID.self), lastUsedAt: try row.next(Date?.self),
                secondFactorAt: try row.next(Date?.self), exemptAfter: try row.next(SessionExemption?.self),
                agreed: try row.next(SignInRuleID?.self), sources: try row.next([String].self),
                hasRules: try row.next(Bool.self), person: try Self.person(&row, chosen)
            )
        }
        guard let found else { throw Problem.unauthenticated("The token is not good here, or no longer.") }
        let person = try found.person.admitted(at: now)
        let guardian = GuardToken(database: database)
        guard AddressSet.admits(address, to: found.sources) else {
            try await guardian.note(
                .token(found.id), of: person, ["reason": "address"], from: address, at: now, in: scope)
            throw Problem(.forbidden, "The token does not count from where you are.")
        }
        if found.secondFactorAt == nil, let exemption = found.exemptAfter {
            let guarding = GuardExemption(
                database: database, tenants: tenants, entrance: .cli, address: address, now: now)
            guard try await guarding(person.user, exemption, in: scope) else {
                throw Problem.unauthenticated("The token has no second factor. Sign in again.")
            }
        }
        if found.hasRules,
            try await !guardian(
                .token(found.id), of: person, agreed: found.agreed, from: address, at: now, in: scope)
        {
            throw Problem(.forbidden, "Signing in is not allowed here and now. Ask your company's administrator.")
        }
        let reach = try person.reach(catalogue, in: scope)
        if found.lastUsedAt.map({ now >= $0 + WebSessionLife.touch }) ?? true {
            try await APITokenStore.touch(found.id, at: now, in: scope, database)
        }
        return Authenticated(
            caller: TenantAPI.Caller(
                scope: scope, user: person.user, name: person.name, token: found.id, reach: reach,
                lasting: person.lasting(catalogue, in: scope)),
            permissions: reach.anywhere, means: .bearer, secondFactorAt: found.secondFactorAt,
            stepUpAge: try await stepUpAge(in: scope))
    }

    func stepUpAge(in scope: TenantScope) async throws -> Int {
        try await tenants.value(of: Setting.stepUpAge, in: scope) * 60
    }

    /// `chosen` is the organization that the request names, if it names one. Roles whose time is over are none.
    static func person(_ chosen: OrganizationID?, at now: Date) -> SQL {
        """
        u.user_id, u.name, u.state, u.expires_at, t.state, t.trial_ends_at, t.grace_ends_at,
        exists (select from duty_separations d where d.tenant_id = u.tenant_id and d.is_on),
        array(
          select b.org_id || ' ' || (b.ends_at is not null) || ' ' || coalesce(r.built_in, '') || ' ' ||
            case when r.built_in is null then array_to_string(r.permissions, ' ') else '' end
          from roles_held(\(now)) b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
          where b.tenant_id = u.tenant_id and b.user_id = u.user_id),
        array(
          select c.ancestor_id from organization_closure c
          join organizations o on o.tenant_id = c.tenant_id and o.org_id = c.descendant_id and o.merged_at is null
          where c.tenant_id = u.tenant_id and c.descendant_id = \(chosen))
        """
    }

    static func person(_ row: inout Row, _ chosen: OrganizationID?) throws -> CallingPerson {
        CallingPerson(
            user: try row.next(), name: try row.next(), state: try row.next(), expiresAt: try row.next(),
            tenant: TenantLife(try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next()),
            dutiesSeparated: try row.next(),
            roles: try row.next([String].self).compactMap(HeldRole.init(line:)),
            chosen: try row.next([OrganizationID].self).along(with: chosen))
    }
}

extension HeldRole {
    /// Reads `organization is-lent built-in permission …`, of which all but the first two may be empty. What cannot be read gives
    /// nothing.
    init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count > 3, let uuid = UUID(uuidString: words[0]) else { return nil }
        self.init(
            organization: OrganizationID(uuid), isLent: words[1] != "false", builtIn: BuiltInRole(rawValue: words[2]),
            codes: words[3...].filter { !$0.isEmpty })
    }
}

extension [OrganizationID] {
    fileprivate func along(with chosen: OrganizationID?) -> (id: OrganizationID, above: [OrganizationID])? {
        chosen.map { ($0, self) }
    }
}
