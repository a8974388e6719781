import FoundationEssentials

/// Tells somebody that an administrator ended by what a program of theirs, or they themselves over ssh, came in.
struct ProgramAccessLetter: PersonalLetter {
    enum Subject: String {
        case key, token, sshKey

        var english: String {
            switch self {
            case .key: "access key"
            case .token: "token"
            case .sshKey: "SSH key"
            }
        }

        var chinese: String {
            switch self {
            case .key: "访问密钥"
            case .token: "令牌"
            case .sshKey: "SSH 密钥"
            }
        }
    }

    let person: MailedPerson
    let subject: Subject
    let name: String
    let at: Date

    let kind = "program-access-ended"

    /// It is the person's own word, and one line.
    private var called: String { String(name.map { $0.isNewline ? " " : $0 }) }

    var english: (subject: String, text: String) {
        let thing = subject.english
        let end =
            subject == .sshKey ? "Nobody signs in with it any more." : "A program that used it comes in no more."
        return (
            "\(person.company): an administrator ended one of your \(thing)s",
            """
            Hello \(person.name),

            at \(at.inLetters) an administrator of \(person.company) ended your \(thing) "\(called)", of the login \(person.login).
            \(end) If you did not expect that, ask your administrator.
            """
        )
    }

    var chinese: (subject: String, text: String) {
        let thing = subject.chinese
        let end = subject == .sshKey ? "将无法再用它登录" : "使用它的程序将无法再登录"
        return (
            "\(person.company)：管理员已终止您的\(thing)",
            """
            \(person.name)，您好：

            \(person.company) 的管理员已于 \(at.inLetters) 终止账号 \(person.login) 的\(thing)“\(called)”，\(end)。如有疑问，请联系管理员。
            """
        )
    }
}
