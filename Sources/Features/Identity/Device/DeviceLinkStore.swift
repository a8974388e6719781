import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows of people at gateways who sign in with a browser.
enum DeviceLinkStore {
    /// What is seen at a link that is open.
    struct Look {
        let confirmedBy: UserID?
        /// Whether a provider had proven the person in the browser.
        let isByProvider: Bool
        /// The second factor that had been shown there last.
        let shown: ProvenFactor?
    }

    /// What one company's people may have open.
    static let most = 1000
    /// And those of one network, so that others still come in.
    static let mostOfNetwork = 100
    /// How often a terminal may ask about one link.
    static let mostLooks = 60

    /// Another link for the same admission takes the place of the one before. False if there are too many.
    static func insert(
        _ admission: AdmissionID, token: RandomToken, code: String, login: Login, from address: String, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        let network = SourceAddress.network(of: address)
        let isFree = try await tx.first(
            """
            select (
                select count(*) from (
                  select from device_links
                  where tenant_id = \(scope.tenant) and expires_at > \(now) limit \(most)) l) < \(most)
              and (
                select count(*) from (
                  select from device_links
                  where tenant_id = \(scope.tenant) and network = \(network) and expires_at > \(now)
                  limit \(mostOfNetwork)) l) < \(mostOfNetwork)
            """
        ) { try $0.next(Bool.self) }
        guard isFree == true else { return false }
        try await tx.execute(
            """
            insert into device_links
              (tenant_id, admission_id, token_hash, code, login, client_address, network, created_at, expires_at)
            values (\(scope.tenant), \(admission), \(token.hash.bytes), \(code), \(login.text), \(address), \(network),
              \(now), \(now + DeviceLink.lifetime))
            on conflict (tenant_id, admission_id) do update set token_hash = excluded.token_hash, code = excluded.code,
              login = excluded.login, client_address = excluded.client_address, network = excluded.network, user_id = null,
              second_factor_by = null,
              created_at = excluded.created_at, expires_at = excluded.expires_at
            """)
        return true
    }

    /// A link that waits for this person, and for nobody else.
    static func find(
        _ token: String, of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> DeviceLinkView? {
        try await database.first(
            """
            select l.code, l.login, l.client_address, l.created_at, l.expires_at from device_links l
            join users u on u.tenant_id = l.tenant_id and u.login = l.login
            where l.tenant_id = \(scope.tenant) and l.token_hash = \(RandomToken.hash(of: token).bytes)
              and u.user_id = \(user) and l.user_id is null and l.expires_at > \(now)
            """, in: scope
        ) {
            DeviceLinkView(
                code: try $0.next(), login: try $0.next(), clientAddress: try $0.next(), createdAt: try $0.next(),
                expiresAt: try $0.next())
        }
    }

    /// The person confirms it, once: returns where they wait, nil if nobody waits for them.
    static func confirm(
        _ token: String, by user: UserID, in session: WebSessionID?, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            update device_links l set user_id = u.user_id, by_provider = exists (
                select from web_sessions s
                where s.tenant_id = l.tenant_id and s.web_session_id = \(session) and s.by_provider),
              second_factor_by = (
                select s.second_factor_by from web_sessions s
                where s.tenant_id = l.tenant_id and s.web_session_id = \(session))
            from users u
            where l.tenant_id = \(scope.tenant) and l.token_hash = \(RandomToken.hash(of: token).bytes)
              and u.tenant_id = l.tenant_id and u.login = l.login and u.user_id = \(user) and l.user_id is null
              and l.expires_at > \(now)
            returning l.client_address
            """
        ) { try $0.next() }
    }

    /// The person says that it is not them at the terminal.
    static func refuse(
        _ token: String, by user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            delete from device_links l using users u
            where l.tenant_id = \(scope.tenant) and l.token_hash = \(RandomToken.hash(of: token).bytes)
              and u.tenant_id = l.tenant_id and u.login = l.login and u.user_id = \(user)
            returning u.user_id
            """
        ) { try $0.next(UserID.self) } != nil
    }

    /// Counts a look, and says who has confirmed, if anybody has; nil for a link that is over.
    static func look(
        at admission: AdmissionID, login: Login, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Look? {
        try await tx.first(
            """
            update device_links set looks = looks + 1
            where tenant_id = \(scope.tenant) and admission_id = \(admission) and login = \(login.text)
              and expires_at > \(now) and looks < \(mostLooks)
            returning user_id, by_provider, second_factor_by
            """
        ) { Look(confirmedBy: try $0.next(), isByProvider: try $0.next(), shown: try $0.next()) }
    }

    static func remove(_ admission: AdmissionID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from device_links where tenant_id = \(scope.tenant) and admission_id = \(admission)")
    }
}
