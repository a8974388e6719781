package import FoundationEssentials
package import Kernel
package import Postgres

/// A mail in plain text, as features write it.
package struct Letter: Sendable, Equatable {
    /// What it is about, for whoever looks after the queue: `invitation`.
    package let kind: String
    package let to: String
    package let subject: String
    package let text: String

    package init(kind: String, to: String, subject: String, text: String) {
        self.kind = kind
        self.to = to
        self.subject = subject
        self.text = text
    }
}

/// What Tenancy and Identity need of Messaging, which lies above: a way to send letters.
package struct LetterBox: Sendable {
    /// Puts a letter on its way in the transaction of what causes it: a tenant's, or the provider's for nil. False if no
    /// mail goes to this address, and the one who asked must be told the words themselves.
    package let send: @Sendable (Letter, TenantID?, Date, Transaction) async throws -> Bool

    package init(send: @escaping @Sendable (Letter, TenantID?, Date, Transaction) async throws -> Bool) {
        self.send = send
    }

    /// An installation without mail.
    package static let none = LetterBox { _, _, _, _ in false }
}

/// The letter by which somebody comes into a company for the first time.
package struct InvitationLetter: Sendable {
    package let person: String
    package let company: String
    package let login: String
    package let url: String
    /// Such as en or zh-Hans.
    package let language: String

    package init(person: String, company: String, login: String, url: String, language: String) {
        self.person = person
        self.company = company
        self.login = login
        self.url = url
        self.language = language
    }

    package func letter(to address: String) -> Letter {
        let isChinese = language.lowercased().hasPrefix("zh")
        return Letter(
            kind: "invitation", to: address,
            subject: isChinese ? "邀请您加入 \(company)" : "Your invitation to \(company)",
            text: isChinese ? chinese : english)
    }

    private var english: String {
        """
        Hello \(person),

        you have an account at \(company), with the login \(login). Choose a password and set up a second factor here:

        \(url)

        The link is good for three days and one use. If it has run out, ask your administrator for a new one.
        """
    }

    private var chinese: String {
        """
        \(person)，您好：

        您已获得 \(company) 的账号，登录名为 \(login)。请通过以下链接设置密码和双因素验证：

        \(url)

        链接三天内有效，且只能使用一次。如已过期，请向管理员索取新链接。
        """
    }
}
