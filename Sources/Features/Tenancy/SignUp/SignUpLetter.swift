/// What a company that signs up is told by mail.
struct SignUpLetter {
    let company: String
    let person: String
    let email: String
    let language: String
    let slug: String
    let baseDomain: String

    private var isChinese: Bool { language.lowercased().hasPrefix("zh") }

    func confirming(by url: String) -> Letter {
        Letter(
            kind: "sign-up", to: email, subject: isChinese ? "请确认 \(company) 的注册" : "Confirm \(company)",
            text: isChinese
                ? """
                \(person)，您好：

                有人用这个邮箱为 \(company) 申请了 \(slug).\(baseDomain)。如果是您本人，请通过以下链接确认：

                \(url)

                链接 24 小时内有效，且只能使用一次。如果不是您，请忽略此邮件，不会创建任何内容。
                """
                : """
                Hello \(person),

                somebody asked with this address for \(slug).\(baseDomain), for \(company). If that was you, confirm it here:

                \(url)

                The link is good for 24 hours and one use. If it was not you, ignore this mail: nothing is created.
                """)
    }

    func refusing(because reason: String) -> Letter {
        Letter(
            kind: "sign-up", to: email, subject: isChinese ? "\(company) 的注册未通过" : "\(company) was not accepted",
            text: isChinese
                ? """
                \(person)，您好：

                \(company) 的注册申请未通过。原因：

                \(reason)
                """
                : """
                Hello \(person),

                \(company) was not accepted as a customer. The reason:

                \(reason)
                """)
    }
}

extension SignUpLetter {
    init(request: SignUpRequest, baseDomain: String) {
        self.init(
            company: request.company.text, person: request.person.text, email: request.email,
            language: request.language, slug: request.slug.text, baseDomain: baseDomain)
    }
}
