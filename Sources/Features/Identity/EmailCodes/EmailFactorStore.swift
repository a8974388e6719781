import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The rows of people who confirm with codes by e-mail.
enum EmailFactorStore {
    /// Where somebody's mail goes, and in which words.
    struct Mailbox {
        let address: String
        let language: String
        let company: String
    }

    /// Where a code has to go: to the address that the person has confirmed, also when another one is said by now, since a
    /// directory or a provider may say it before any second factor was shown; or to the one that is to be confirmed. Nil
    /// for somebody without.
    static func mailbox(
        of user: UserID, for purpose: SendEmailCode.Purpose, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Mailbox? {
        let found = try await tx.first(
            """
            select e.address, u.email, t.name,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language)
            from users u join tenants t on t.tenant_id = u.tenant_id
            left join email_factors e on e.tenant_id = u.tenant_id and e.user_id = u.user_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """
        ) { row in
            (
                confirmed: try row.next(String?.self), said: try row.next(String?.self),
                company: try row.next(String.self), language: try row.next(String.self)
            )
        }
        guard let found, let address = purpose == .proof ? found.confirmed : found.said else { return nil }
        return Mailbox(address: address, language: found.language, company: found.company)
    }

    /// The person has shown that they get what is sent to their address as it is now.
    static func confirm(_ user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into email_factors (tenant_id, user_id, address, confirmed_at)
            select u.tenant_id, u.user_id, u.email, \(now) from users u
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user) and u.email is not null
            on conflict (tenant_id, user_id) do update
              set address = excluded.address, confirmed_at = excluded.confirmed_at
            """)
    }

    /// Takes the factor away, and the code that was sent for it; false if there is none.
    static func remove(_ user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try await tx.execute("delete from email_codes where tenant_id = \(scope.tenant) and user_id = \(user)")
        let rows = try await tx.execute(
            "delete from email_factors where tenant_id = \(scope.tenant) and user_id = \(user)")
        return rows == 1
    }
}
