package import Kernel

/// Somebody may connect, and a rule asks for the word of somebody else each time that they do.
package struct ConnectKind: ReviewKind {
    package struct Content: WireValue, Equatable {
        package let entrance: String
        package let clientAddress: String?
        /// What the rule was called then.
        package let rule: String

        package init(entrance: String, clientAddress: String?, rule: String) {
            self.entrance = entrance
            self.clientAddress = clientAddress
            self.rule = rule
        }

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("entrance", \.entrance, .text(1...20))
            Field("clientAddress", \.clientAddress, .text(0...100))
            Field("rule", \.rule, .text(0...100))
        }
    }

    package static let kind = TicketKindName(rawValue: "connect")

    package let name = Self.kind
    package let words = KindWords("Connection", "连接复核", facts: KindWords.door, values: KindWords.doors)

    package init() {}

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        guard draft.ask.assets.count == 1, draft.ask.accounts.count == 1 else {
            throw FieldErrors(errors: [FieldError(pointer: "/assets", message: "must be one, with one account")])
        }
        return content
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        shown.facts + TicketFact.door(entrance: content.entrance, address: content.clientAddress, rule: content.rule)
    }
}
