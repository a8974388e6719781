import FoundationEssentials

/// Somebody whose account ends.
struct EndingAccount {
    let person: MailedPerson
    let end: Date
}

/// Tells a person that their account ends.
struct AccountEndLetter: PersonalLetter {
    let account: EndingAccount

    let kind = "account-end"

    private var person: MailedPerson { account.person }

    var english: (subject: String, text: String) {
        (
            "\(person.company): your account ends soon",
            """
            Hello \(person.name),

            your account at \(person.company), with the login \(person.login), ends on \(account.end.inLetters). Sessions that are open
            then are ended. If you need it for longer, ask your administrator.
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(person.company)：您的账号即将到期",
            """
            \(person.name)，您好：

            您在 \(person.company) 的账号 \(person.login) 将于 \(account.end.inLetters) 到期，届时仍打开的会话将被结束。如需延期，请联系管理员。
            """
        )
    }
}

/// Tells an administrator whose accounts end.
struct AccountEndsLetter: PersonalLetter {
    /// The others are counted.
    private static let most = 50

    let company: String
    let accounts: [EndingAccount]
    let url: String

    let kind = "account-ends"

    private var list: String {
        accounts.prefix(Self.most).map { "\($0.person.name) (\($0.person.login)): \($0.end.inLetters)" }
            .joined(separator: "\n")
    }
    private var rest: Int { max(0, accounts.count - Self.most) }

    var english: (subject: String, text: String) {
        (
            accounts.count == 1
                ? "\(company): the account of \(accounts[0].person.login) ends soon"
                : "\(company): \(accounts.count) accounts end soon",
            """
            These accounts at \(company) end soon. Nobody has to do anything for it.

            \(list)\(rest > 0 ? "\nand \(rest) more" : "")

            If one should go on, choose another day: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            accounts.count == 1
                ? "\(company)：账号 \(accounts[0].person.login) 即将到期" : "\(company)：\(accounts.count) 个账号即将到期",
            """
            \(company) 的下列账号即将到期，无需任何操作。

            \(list)\(rest > 0 ? "\n另有 \(rest) 个" : "")

            如需延期，请修改到期日：\(url)
            """
        )
    }
}

/// Tells a person that their password has to be changed soon.
struct PasswordEndLetter: PersonalLetter {
    let person: MailedPerson
    let end: Date
    let url: String

    let kind = "password-end"

    var english: (subject: String, text: String) {
        (
            "\(person.company): change your password soon",
            """
            Hello \(person.name),

            your password at \(person.company), with the login \(person.login), is good until \(end.inLetters). Choose another one in
            your profile before: \(url)

            After that, the portal asks for a new one when you sign in, and ssh does not take the old one.
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(person.company)：请尽快修改密码",
            """
            \(person.name)，您好：

            您在 \(person.company) 的账号 \(person.login) 的密码有效期至 \(end.inLetters)。请提前在个人资料中修改：\(url)

            到期后，登录门户时需要设置新密码，ssh 不再接受旧密码。
            """
        )
    }
}

/// Tells a person which of their SSH keys end.
struct SSHKeyEndLetter: PersonalLetter {
    let person: MailedPerson
    let keys: [SSHKeyEndStore.Told]
    let url: String

    let kind = "ssh-key-end"

    /// The names are the person's own words, each on one line.
    private var list: String {
        keys.map { "\(String($0.name.map { $0.isNewline ? " " : $0 })): \($0.end.inLetters)" }.joined(separator: "\n")
    }

    var english: (subject: String, text: String) {
        (
            keys.count == 1
                ? "\(person.company): one of your SSH keys ends soon"
                : "\(person.company): \(keys.count) of your SSH keys end soon",
            """
            Hello \(person.name),

            these SSH keys of the login \(person.login) at \(person.company) end soon:

            \(list)

            Nobody signs in with them after that. If you need them for longer, add others in your profile: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(person.company)：您有 \(keys.count) 个 SSH 密钥即将到期",
            """
            \(person.name)，您好：

            您在 \(person.company) 的账号 \(person.login) 的下列 SSH 密钥即将到期：

            \(list)

            到期后将无法再用它们登录。如需继续使用，请在个人资料中添加新的密钥：\(url)
            """
        )
    }
}
