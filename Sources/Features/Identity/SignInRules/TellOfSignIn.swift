import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Mails those whom a rule names that somebody came in, or that somebody waits for their word.
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

    func callAsFunction(_ type: String, _ data: JSON, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            let people = try await people(data, in: scope, tx)
            guard !people.isEmpty else { return }
            let addresses = try await addresses(of: people, in: scope, tx)
            guard let company = try await company(in: scope, tx) else { return }
            let letter = SignInLetter(
                isQuestion: type == IdentityEvent.signInReviewNeeded.rawValue, company: company.name,
                person: "\(data["name"]?.text ?? "") (\(data["login"]?.text ?? ""))",
                address: data["clientAddress"]?.text ?? "?", rule: data["ruleName"]?.text ?? "",
                url: company.portal + "/sign-in-reviews", language: company.language)
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
    ) async throws -> (name: String, language: String, portal: String)? {
        try await tx.first(
            """
            select name, language, slug, case when host_name_verified_at is not null then host_name end from tenants
            where tenant_id = \(scope.tenant)
            """
        ) { row in
            let (name, language): (String, String) = (try row.next(), try row.next())
            let (slug, own): (String, String?) = (try row.next(), try row.next())
            return (name, language, own.map(settings.portal.url(at:)) ?? settings.portal.url(of: slug))
        }
    }
}

/// The letter about a sign-in to those whom a rule names.
struct SignInLetter {
    let isQuestion: Bool
    let company: String
    let person: String
    let address: String
    let rule: String
    let url: String
    let language: String

    func letter(to mail: String) -> Letter {
        let isChinese = language.lowercased().hasPrefix("zh")
        return Letter(
            kind: isQuestion ? "sign-in-review" : "sign-in-notice", to: mail,
            subject: isChinese ? chineseSubject : englishSubject, text: isChinese ? chinese : english)
    }

    private var englishSubject: String {
        isQuestion ? "\(company): a sign-in waits for you" : "\(company): somebody has signed in"
    }

    private var chineseSubject: String { isQuestion ? "\(company)：有登录等待您确认" : "\(company)：登录通知" }

    private var english: String {
        isQuestion
            ? """
            \(person) wants to sign in from \(address). The rule “\(rule)” asks for the word of somebody else.

            Agree or refuse within ten minutes: \(url)
            """
            : """
            \(person) has signed in from \(address). The rule “\(rule)” asks to tell you of it.
            """
    }

    private var chinese: String {
        isQuestion
            ? """
            \(person) 请求从 \(address) 登录。根据规则“\(rule)”，需要他人确认。

            请在十分钟内同意或拒绝：\(url)
            """
            : """
            \(person) 已从 \(address) 登录。规则“\(rule)”要求通知您。
            """
    }
}
