import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Somebody who gets mail about an account, with what letters are made of.
struct MailedPerson: Sendable {
    let id: UserID
    let login: String
    let name: String
    /// Nil for somebody who can get no mail.
    let email: String?
    let language: String
    let company: String
    let slug: String
    /// The company's own host name, if it has one.
    let host: String?

    var isChinese: Bool { language.lowercased().hasPrefix("zh") }

    func portal(_ address: PortalAddress) -> String { host.map(address.url(at:)) ?? address.url(of: slug) }
}

/// A letter to one person, in their language.
protocol PersonalLetter {
    var kind: String { get }
    /// Subject and text.
    var english: (subject: String, text: String) { get }
    var chinese: (subject: String, text: String) { get }
}

extension PersonalLetter {
    /// Nil if the person can get no mail.
    func letter(to person: MailedPerson) -> Letter? {
        guard let email = person.email else { return nil }
        let (subject, text) = person.isChinese ? chinese : english
        return Letter(kind: kind, to: email, subject: subject, text: text)
    }
}

extension Date {
    /// As letters name a moment, whoever reads them and wherever.
    var inLetters: String { String(Timestamp.text(self).prefix(16)).replacing("T", with: " ") + " UTC" }
}

/// The rows of people, as far as letters are made of them.
enum MailedPersonStore {
    private static let columns: SQL = """
        u.user_id, u.login, u.name, u.email,
        coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language), t.name, t.slug,
        case when t.host_name_verified_at is not null then t.host_name end
        """

    private static func person(_ row: inout Row) throws -> MailedPerson {
        MailedPerson(
            id: try row.next(), login: try row.next(), name: try row.next(), email: try row.next(),
            language: try row.next(), company: try row.next(), slug: try row.next(), host: try row.next())
    }

    static func find(
        _ users: [UserID], in scope: TenantScope, _ tx: Transaction
    ) async throws -> [MailedPerson] {
        try await tx.query(
            """
            select \(fragment: columns) from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = any(\(users)) order by u.login
            """, person)
    }

    /// Those who administer the whole company.
    static func administrators(in scope: TenantScope, _ tx: Transaction) async throws -> [MailedPerson] {
        try await tx.query(
            """
            select \(fragment: columns) from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.state = 'active' and u.email is not null
              and (u.expires_at is null or u.expires_at > now()) and exists (
              select from user_roles b
              join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
              where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.org_id = b.tenant_id
                and (r.built_in = 'administrator'
                  or r.built_in not in ('auditor', 'user') and gatehouse_duties_separated(u.tenant_id)))
            order by u.login limit 50
            """, person)
    }

    /// People whose password ends before then, and who have not been told of it; they have, now.
    static func notePasswordsEnding(
        before end: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UserID: Date] {
        let told = try await tx.query(
            """
            update users set password_told_at = \(now)
            from (
              select u.user_id, e.ends_at from users u
              cross join lateral (
                select gatehouse_password_end(
                  u.tenant_id, u.org_id, coalesce(u.password_changed_at, u.created_at)) as ends_at) e
              where u.tenant_id = \(scope.tenant) and u.state = 'active' and u.password_hash is not null
                and not u.must_change_password and u.password_told_at is null and e.ends_at > \(now)
                and e.ends_at <= \(end)
              limit 500
            ) d
            where users.tenant_id = \(scope.tenant) and users.user_id = d.user_id
            returning users.user_id, d.ends_at
            """
        ) { (try $0.next(UserID.self), try $0.next(Date.self)) }
        return Dictionary(uniqueKeysWithValues: told)
    }
}
