import FoundationEssentials

/// Tells the person and the administrators that an account ends.
struct AccountEndLetter: PersonalLetter {
    let person: MailedPerson
    let end: Date
    /// Whether the person themself reads it.
    let isReader: Bool
    let url: String

    let kind = "account-end"

    private var who: String { "\(person.name) (\(person.login))" }

    var english: (subject: String, text: String) {
        isReader
            ? (
                "\(person.company): your account ends soon",
                """
                Hello \(person.name),

                your account at \(person.company), with the login \(person.login), ends on \(end.inLetters). Sessions that are open then
                are ended. If you need it for longer, ask your administrator.
                """
            )
            : (
                "\(person.company): the account of \(person.login) ends soon",
                """
                The account of \(who) at \(person.company) ends on \(end.inLetters). Nobody has to do anything for it.

                If it should go on, choose another day: \(url)
                """
            )
    }

    var chinese: (subject: String, text: String) {
        isReader
            ? (
                "\(person.company)：您的账号即将到期",
                """
                \(person.name)，您好：

                您在 \(person.company) 的账号 \(person.login) 将于 \(end.inLetters) 到期，届时仍打开的会话将被结束。如需延期，请联系管理员。
                """
            )
            : (
                "\(person.company)：账号 \(person.login) 即将到期",
                """
                \(person.company) 的账号 \(who) 将于 \(end.inLetters) 到期，无需任何操作。

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
