import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The rows of people who confirm with codes that are sent to them.
enum CodeFactorStore {
    /// Where somebody's codes go, and in which words.
    struct Destination {
        let address: String
        let language: String
        let company: String
    }

    /// Where a code has to go: to the address or number that the person has confirmed, also when another one is said by
    /// now, since a directory or a provider may say it before any second factor was shown; or to the one that is to be
    /// confirmed, which is the account's address, or a number that the person gives. Nil for somebody without.
    static func destination(
        of user: UserID, by channel: CodeChannel, for purpose: SendCode.Purpose, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Destination? {
        let found = try await tx.first(
            """
            select f.address, u.email, t.name,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language)
            from users u join tenants t on t.tenant_id = u.tenant_id
            left join code_factors f on f.tenant_id = u.tenant_id and f.user_id = u.user_id and f.channel = \(channel)
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """
        ) { row in
            (
                confirmed: try row.next(String?.self), said: try row.next(String?.self),
                company: try row.next(String.self), language: try row.next(String.self)
            )
        }
        guard let found else { return nil }
        let address: String? =
            switch purpose {
            case .proof: found.confirmed
            case .confirmation(let number): channel == .email ? found.said : number?.text
            }
        return address.map { Destination(address: $0, language: found.language, company: found.company) }
    }

    /// The number that somebody has confirmed.
    static func number(of user: UserID, in scope: TenantScope, _ database: Database) async throws -> PhoneNumber? {
        try await database.first(
            """
            select address from code_factors
            where tenant_id = \(scope.tenant) and user_id = \(user) and channel = 'sms'
            """, in: scope
        ) { try $0.next(String.self) }.flatMap(PhoneNumber.init)
    }

    /// The person has shown that they get what is sent there.
    static func confirm(
        _ address: String, of user: UserID, by channel: CodeChannel, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into code_factors (tenant_id, user_id, channel, address, confirmed_at)
            values (\(scope.tenant), \(user), \(channel), \(address), \(now))
            on conflict (tenant_id, user_id, channel) do update
              set address = excluded.address, confirmed_at = excluded.confirmed_at
            """)
    }

    /// Takes the factor away, and the code that was sent for it; false if there is none.
    static func remove(
        _ user: UserID, by channel: CodeChannel, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.execute(
            """
            delete from sent_codes
            where tenant_id = \(scope.tenant) and user_id = \(user) and channel = \(channel)
            """)
        let rows = try await tx.execute(
            """
            delete from code_factors
            where tenant_id = \(scope.tenant) and user_id = \(user) and channel = \(channel)
            """)
        return rows == 1
    }
}
