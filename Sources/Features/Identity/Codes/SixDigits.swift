import FoundationEssentials
import Tenancy

/// Six digits that are sent to somebody. Pure but for the digits themselves.
struct SixDigits: Sendable {
    let text: String

    init() {
        var random = SystemRandomNumberGenerator()
        let digits = String(Int.random(in: 0..<1_000_000, using: &random))
        text = String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// The letter that brings a code. It has no link: whoever is used to following one follows a false one.
struct CodeLetter {
    let code: SixDigits
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
