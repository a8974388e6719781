package import Kernel

/// Words only: somebody asks for something, and what comes of it happens outside.
package struct GeneralKind: RequestKind {
    package struct Content: WireValue, Equatable {
        package let subject: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("subject", \.subject, Schema<String>.text(1...200).notBlank)
        }
    }

    package let name = TicketKindName.general
    package let words = KindWords("General", "通用", facts: ["subject": Wording("Subject", "主题")])

    package init() {}

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        guard draft.ask.assets.isEmpty, draft.ask.accounts.isEmpty else {
            throw FieldErrors(errors: [FieldError(pointer: "/assets", message: "must be empty for words alone")])
        }
        return content
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        [TicketFact("subject", [content.subject])]
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect { .nothing }
}
