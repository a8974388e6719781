package import Kernel

/// Somebody has proven who they are, and a rule asks for the word of somebody else before they are let in.
package struct SignInKind: ReviewKind {
    package struct Content: WireValue, Equatable {
        package let login: String
        /// `web`, `cli` or `ssh`.
        package let entrance: String
        package let clientAddress: String?
        /// What the rule was called then.
        package let rule: String

        package init(login: String, entrance: String, clientAddress: String?, rule: String) {
            self.login = login
            self.entrance = entrance
            self.clientAddress = clientAddress
            self.rule = rule
        }

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("login", \.login, .text(1...200))
            Field("entrance", \.entrance, .text(1...20))
            Field("clientAddress", \.clientAddress, .text(0...100))
            Field("rule", \.rule, .text(0...100))
        }
    }

    package static let kind = TicketKindName(rawValue: "sign-in")

    package let name = Self.kind
    package let words = KindWords(
        "Sign-in", "登录复核", facts: KindWords.door.merging(["login": Wording("Login", "登录名")]) { $1 },
        values: KindWords.doors)

    package init() {}

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        [TicketFact("login", [content.login])]
            + TicketFact.door(entrance: content.entrance, address: content.clientAddress, rule: content.rule)
    }
}
