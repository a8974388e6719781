import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Mails those whom a rule names that somebody came in.
struct TellOfSignIn {
    let database: Database
    let settings: IdentitySettings
    let directory: Directory

    /// Those whom the rule names, without the person who came.
    func people(_ data: JSON, in scope: TenantScope, _ tx: Transaction) async throws -> [UserID] {
        guard let rule = data["rule"]?.text.flatMap({ SignInRuleID($0) }),
            let user = data["user"]?.text.flatMap({ UserID($0) })
        else { return [] }
        let rules = try await SignInRuleStore.find(in: scope, tx).rules
        guard let asked = rules.first(where: { $0.id == rule })?.asked, !asked.isEmpty else { return [] }
        return try await directory.resolve(asked.audience, in: scope, tx).filter { $0 != user }
    }

    func callAsFunction(_ data: JSON, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            let people = try await people(data, in: scope, tx)
            guard !people.isEmpty else { return }
            let addresses = try await addresses(of: people, in: scope, tx)
            guard let company = try await company(in: scope, tx) else { return }
            let letter = SignInLetter(
                company: company.name,
                person: "\(data["name"]?.text ?? "") (\(data["login"]?.text ?? ""))",
                address: data["clientAddress"]?.text ?? "?", rule: data["ruleName"]?.text ?? "",
                language: company.language)
            for address in addresses {
                _ = try await settings.letters.send(letter.letter(to: address), scope.tenant, now, tx)
            }
        }
    }

    private func addresses(of people: [UserID], in scope: TenantScope, _ tx: Transaction) async throws -> [String] {
        try await tx.query(
            """
            select email from users
            where tenant_id = \(scope.tenant) and user_id = any(\(people)) and state = 'active' and email is not null
              and (expires_at is null or expires_at > now())
            order by email
            """
        ) { try $0.next() }
    }

    private func company(
        in scope: TenantScope, _ tx: Transaction
    ) async throws -> (name: String, language: String)? {
        try await tx.first("select name, language from tenants where tenant_id = \(scope.tenant)") { row in
            (try row.next(), try row.next())
        }
    }
}

/// The letter about a sign-in to those whom a rule names.
struct SignInLetter {
    let company: String
    let person: String
    let address: String
    let rule: String
    let language: String

    func letter(to mail: String) -> Letter {
        let isChinese = language.lowercased().hasPrefix("zh")
        return Letter(
            kind: "sign-in-notice", to: mail,
            subject: isChinese ? "\(company)：登录通知" : "\(company): somebody has signed in",
            text: isChinese ? chinese : english)
    }

    private var english: String {
        """
        \(person) has signed in from \(address). The rule “\(rule)” asks to tell you of it.
        """
    }

    private var chinese: String {
        """
        \(person) 已从 \(address) 登录。规则“\(rule)”要求通知您。
        """
    }
}
