import FoundationEssentials
import Tenancy

/// Six digits that go to somebody's mailbox. Pure but for the digits themselves.
struct EmailCode: Sendable {
    static let lifetime: TimeInterval = 5 * 60
    /// Nobody is sent another one sooner.
    static let pause: TimeInterval = 60
    /// Wrong answers that one code outlives, less one.
    static let mostTries = 5

    let text: String

    init() {
        var random = SystemRandomNumberGenerator()
        let digits = String(Int.random(in: 0..<1_000_000, using: &random))
        text = String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Enough of an address for its owner to know it.
    static func masked(_ address: String) -> String {
        let parts = address.split(separator: "@", maxSplits: 1).map(String.init)
        return "\(parts.first?.prefix(1) ?? "")***@\(parts.dropFirst().first ?? "")"
    }
}

/// The letter that brings a code. It has no link: whoever is used to following one follows a false one.
struct CodeLetter {
    let code: EmailCode
    let company: String
    /// Where it was asked for.
    let from: String
    /// Such as en or zh-Hans.
    let language: String

    func letter(to address: String) -> Letter {
        let isChinese = language.lowercased().hasPrefix("zh")
        return Letter(
            kind: "sign-in-code", to: address, subject: isChinese ? "\(company) 登录验证码" : "Your code for \(company)",
            text: isChinese ? chinese : english)
    }

    private var english: String {
        """
        Your code for \(company) is

        \(code.text)

        It is good for five minutes and one use. It was asked for from \(from).

        Nobody will ever ask you to tell them this code. If you have not asked for it, somebody knows your password: change
        it, and tell your administrator.
        """
    }

    private var chinese: String {
        """
        您在 \(company) 的验证码是

        \(code.text)

        验证码五分钟内有效，且只能使用一次。请求来自 \(from)。

        任何人都不会向您索要此验证码。如果不是您本人操作，说明有人知道您的密码：请立即修改密码，并通知管理员。
        """
    }
}
