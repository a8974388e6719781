package import Kernel

/// News for one person, as plain text in their language: what is no request, and takes no answer.
package struct ChatNotice: Sendable, Hashable {
    /// Nil for what is said in rooms, to nobody by themselves.
    package let user: UserID?
    /// The same for the same news, however often it comes: a person is told once.
    package let occasion: String
    package let title: String
    package let body: String
    /// The whole address that it leads to.
    package let link: String
    /// In which rooms are spoken to; such as `zh`.
    package let language: String?

    package init(
        user: UserID?, occasion: String, title: String, body: String, link: String, language: String? = nil
    ) {
        self.user = user
        self.occasion = occasion
        self.title = title
        self.body = body
        self.link = link
        self.language = language
    }

    /// What of it is kept until it is sent.
    var json: JSON {
        [
            "title": .string(CardText.line(title, 200)), "body": .string(CardText.lines(body, 4000)),
            "link": .string(link), "language": language.map(JSON.string) ?? .null,
        ]
    }
}

/// News as a vendor shows them.
struct ChatNote: Sendable, Hashable {
    let title: String
    let body: String
    let link: String
    let text: CardText

    init(_ kept: JSON, language: CardLanguage) {
        title = kept["title"]?.text ?? ""
        body = kept["body"]?.text ?? ""
        link = kept["link"]?.text ?? ""
        text = CardText(language)
    }
}
