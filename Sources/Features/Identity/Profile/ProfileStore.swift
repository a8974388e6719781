import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy

/// By what somebody proved who they are: a browser's session, a program's token or the key that it signs with.
struct Proof {
    let session: WebSessionID?
    let token: APITokenID?
    let key: AccessKeyID?

    init(_ caller: TenantAPI.Caller) {
        session = caller.session
        token = caller.token
        key = caller.accessKey
    }

    /// The provider whose link let in whoever is behind this, if it was one of the person's own: what they make ends with it.
    func boundProvider(in scope: TenantScope) -> SQL {
        """
        coalesce(
          (select s.bound_provider_id from web_sessions s
           where s.tenant_id = \(scope.tenant) and s.web_session_id = \(session)),
          (select t.bound_provider_id from api_tokens t
           where t.tenant_id = \(scope.tenant) and t.api_token_id = \(token)),
          (select k.bound_provider_id from access_keys k
           where k.tenant_id = \(scope.tenant) and k.access_key_id = \(key)))
        """
    }
}

/// The rows that one's own pages show and change.
enum ProfileStore {
    static func find(
        _ user: UserID, _ proof: Proof, permissions: Set<Permission>, passwords: PasswordDemand, in scope: TenantScope,
        _ database: Database
    ) async throws -> Profile? {
        try await database.first(
            """
            select u.user_id, u.login, u.name, u.email, u.language, u.version, t.name, t.slug,
              coalesce(\(fragment: Setting.language.said(at: "u")) #>> '{}', t.language), coalesce(
                (select s.second_factor_at from web_sessions s
                 where s.tenant_id = u.tenant_id and s.web_session_id = \(proof.session)),
                (select k.second_factor_at from api_tokens k
                 where k.tenant_id = u.tenant_id and k.api_token_id = \(proof.token)),
                (select a.second_factor_at from access_keys a
                 where a.tenant_id = u.tenant_id and a.access_key_id = \(proof.key))),
              (select coalesce(
                jsonb_agg(jsonb_build_object('id', r.role_id, 'name', r.name, 'builtIn', r.built_in) order by r.name),
                '[]')
              from roles r where r.tenant_id = u.tenant_id and exists (
                select from user_roles b
                where b.tenant_id = r.tenant_id and b.role_id = r.role_id and b.user_id = u.user_id)),
              \(fragment: HeldFactors.columns), \(fragment: FaceComponentStore.counts), (
                select f.address from code_factors f
                where f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.channel = 'sms'),
              \(fragment: PasswordDemand.Said.columns(at: "u"))
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { row in
            let user = ProfileUser(
                id: try row.next(), login: try row.next(), name: try row.next(), email: try row.next(),
                language: try row.next(), version: try row.next())
            let tenant = ProfileTenant(
                name: try row.next(), slug: try row.next(), language: try row.next())
            let (secondFactorAt, roles): (Date?, JSON) = (try row.next(), try row.next())
            let held = try HeldFactors(&row)
            let (facesCount, number): (Bool, String?) = (try row.next(), try row.next())
            return Profile(
                user: user, tenant: tenant, permissions: permissions.map(\.code).sorted(),
                secondFactorAt: secondFactorAt, roles: RoleReference.list(from: roles),
                mustEnrol: held.counted.isEmpty, factors: held.counted.sorted,
                mayAddEmail: held.mayAdd.contains(.email), mayAddSms: held.mayAdd.contains(.sms),
                mayAddFace: facesCount, number: number.map { SentCode.masked($0, .sms) },
                newPassword: passwords.raised(try PasswordDemand.Said(&row)), supportUntil: nil)
        }
    }

    /// Somebody of the hosting provider has no row: the consent says who that is.
    static func find(
        _ person: SupportPerson, user: UserID, permissions: Set<Permission>, in scope: TenantScope,
        _ database: Database
    ) async throws -> Profile? {
        try await database.first(
            "select name, slug, language from tenants where tenant_id = \(scope.tenant)", in: scope
        ) { row in
            Profile(
                user: ProfileUser(
                    id: user, login: "support", name: person.name, email: nil, language: nil, version: 1),
                tenant: ProfileTenant(name: try row.next(), slug: try row.next(), language: try row.next()),
                permissions: permissions.map(\.code).sorted(), secondFactorAt: nil, roles: [], mustEnrol: false,
                factors: [], mayAddEmail: false, mayAddSms: false, mayAddFace: false, number: nil,
                newPassword: nil, supportUntil: person.until)
        }
    }

    /// Changes one's own names if the version is still the one that was seen; the name or language stays if nil.
    static func update(
        _ user: UserID, _ change: ChangeProfileRequest, from version: Int, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ProfileUser? {
        let name: String? = if case .set(let name) = change.name { name.text } else { nil }
        let (setsLanguage, language): (Bool, String?) =
            if case .set(let language) = change.language { (true, language) } else { (false, nil) }
        return try await tx.first(
            """
            update users set name = coalesce(\(name), name),
              language = case when \(setsLanguage) then \(language) else language end, version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(user) and version = \(version)
            returning user_id, login, name, email, language, version
            """
        ) {
            ProfileUser(
                id: try $0.next(), login: try $0.next(), name: try $0.next(), email: try $0.next(),
                language: try $0.next(), version: try $0.next())
        }
    }

    /// What a route that takes a fresh second factor asks, for one that takes it only now and then.
    static func checkRecent(
        _ proof: Proof, within seconds: Int, _ acting: Acting, _ tx: Transaction
    ) async throws {
        let shown =
            try await tx.first(
                """
                select coalesce(
                  (select s.second_factor_at from web_sessions s
                   where s.tenant_id = \(acting.scope.tenant) and s.web_session_id = \(proof.session)),
                  (select k.second_factor_at from api_tokens k
                   where k.tenant_id = \(acting.scope.tenant) and k.api_token_id = \(proof.token)),
                  (select a.second_factor_at from access_keys a
                   where a.tenant_id = \(acting.scope.tenant) and a.access_key_id = \(proof.key)))
                """
            ) { try $0.next(Date?.self) } ?? nil
        guard let shown, acting.now.timeIntervalSince(shown) < TimeInterval(seconds) else {
            throw Problem.stepUpRequired(within: seconds)
        }
    }

    /// Whether a second factor was ever shown in the browser, or for the program's token: one that was made in the portal
    /// took one, and one of a command line may have been let off.
    static func hasShownFactor(_ proof: Proof, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select exists (
                select from web_sessions s
                where s.tenant_id = \(scope.tenant) and s.web_session_id = \(proof.session)
                  and s.second_factor_at is not null)
              or exists (
                select from api_tokens k
                where k.tenant_id = \(scope.tenant) and k.api_token_id = \(proof.token)
                  and (k.exempt_after is null or k.second_factor_at is not null))
              or exists (
                select from access_keys a
                where a.tenant_id = \(scope.tenant) and a.access_key_id = \(proof.key)
                  and a.second_factor_at is not null)
            """
        ) { try $0.next(Bool.self) } ?? false
    }

    /// What was shown last in a browser; nil if nothing was.
    static func shownFactor(
        _ session: WebSessionID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> ProvenFactor? {
        try await tx.first(
            """
            select second_factor_by from web_sessions
            where tenant_id = \(scope.tenant) and web_session_id = \(session)
            """
        ) { try $0.next(ProvenFactor?.self) } ?? nil
    }

    static func setSecondFactor(
        _ factor: ProvenFactor, of proof: Proof, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            update web_sessions set second_factor_at = \(now), second_factor_by = \(factor)
            where tenant_id = \(scope.tenant) and web_session_id = \(proof.session)
            """)
        try await tx.enqueue(
            """
            update api_tokens set second_factor_at = \(now)
            where tenant_id = \(scope.tenant) and api_token_id = \(proof.token)
            """)
        try await tx.enqueue(
            """
            update access_keys set second_factor_at = \(now)
            where tenant_id = \(scope.tenant) and access_key_id = \(proof.key)
            """)
    }
}
