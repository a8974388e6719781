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

    /// Nil for somebody without an address.
    static func mailbox(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws -> Mailbox? {
        try await tx.first(
            """
            select u.email, t.name,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language)
            from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user) and u.email is not null
            """
        ) { row in
            let (address, company): (String, String) = (try row.next(), try row.next())
            return Mailbox(address: address, language: try row.next(), company: company)
        }
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
