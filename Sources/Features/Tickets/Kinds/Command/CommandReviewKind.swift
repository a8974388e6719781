package import Kernel

/// Somebody has typed a command in a session, and a rule asks for the word of somebody else before it runs.
package struct CommandReviewKind: ReviewKind {
    package struct Content: WireValue, Equatable {
        package let session: SessionID
        package let command: String
        /// What the rule was called then.
        package let rule: String

        package init(session: SessionID, command: String, rule: String) {
            self.session = session
            self.command = command
            self.rule = rule
        }

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("session", \.session)
            Field("command", \.command, .lines(1...2000))
            Field("rule", \.rule, .text(0...100))
        }
    }

    package static let kind = TicketKindName(rawValue: "command")

    package let name = Self.kind
    package let words = KindWords(
        "Command", "命令复核", facts: ["command": Wording("Command", "命令"), "rule": Wording("By rule", "规则")])

    package init() {}

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        shown.facts + [TicketFact("command", [content.command]), TicketFact("rule", [content.rule])]
    }
}
