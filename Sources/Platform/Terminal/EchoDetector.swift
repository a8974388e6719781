/// Whether what a person types is kept from the screen, as passwords are.
///
/// The target's terminal settings cannot be seen from here. So there are two signs: the line before the cursor asks for
/// something secret, or keys that print have brought no echo. The first holds from the first key on; the second is only
/// known after a few keys, and that much has then been stored in clear.
package struct EchoDetector: Sendable {
    private var keys = 0
    private var unanswered = 0
    private var firstUnanswered = 0
    private var hasEchoed = false
    private(set) package var isHidden = false

    /// Keys without echo, and how long they have been without, before the rest of the line counts as hidden.
    private static let mostUnanswered = 3
    private static let milliseconds = 250

    package init() {}

    /// A key that prints is about to be sent; `prompt` is the line before the cursor.
    package mutating func typed(prompt: @autoclosure () -> String, at now: Int) {
        if keys == 0, Self.asksForSecret(prompt()) { isHidden = true }
        keys += 1
        if isHidden || hasEchoed { return }
        if unanswered == 0 { firstUnanswered = now }
        unanswered += 1
        if unanswered > Self.mostUnanswered, now - firstUnanswered > Self.milliseconds { isHidden = true }
    }

    /// The target sent something that prints.
    package mutating func answered() {
        if keys > 0 { hasEchoed = true }
    }

    /// Enter, or the line was thrown away.
    package mutating func ended() {
        self = EchoDetector()
    }

    private static let words = [
        "password", "passphrase", "passcode", "passwd", "pin", "verification code", "one-time", "otp", "token",
        "secret",
        "密码", "密碼", "口令", "验证码", "パスワード", "암호", "пароль", "passwort", "kennwort", "mot de passe", "contraseña",
        "senha", "hasło", "wachtwoord",
    ]

    /// Whether a line asks for something secret: it names one, and it ends like a question.
    package static func asksForSecret(_ line: String) -> Bool {
        let line = line.trimmed.lowercased()
        guard let last = line.last, ":：>?？]".contains(last) else { return false }
        return words.contains { line.contains($0) }
    }
}

extension String {
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else {
            return ""
        }
        return self[first...last]
    }
}
