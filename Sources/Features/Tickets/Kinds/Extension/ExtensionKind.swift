package import Access
package import FoundationEssentials
import HTTPAPI
package import Kernel

/// More time for access that came from a request: its end moves, and what is open on it stays open. Access that is over is
/// asked for anew.
package struct ExtensionKind: RequestKind {
    package struct Content: WireValue, Equatable {
        package let grant: GrantID
        package let endsAt: Date
        /// How it was called and when it would have ended, as it was asked.
        package let name: String
        package let from: Date?

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("grant", \.grant)
            Field("endsAt", \.endsAt, note: "The end that it is to have; an approver may choose an earlier one.")
            Field("name", \.name, Schema<String>.text(0...200).otherwise(""))
            Field("from", \.from, Date.schema)
        }
    }

    /// How long somebody can hold what they asked for once, with every extension.
    static let longest: TimeInterval = 31_536_000
    /// How far an end can be moved at once: as long as access can be asked for.
    static let furthest: TimeInterval = 2_592_000

    static let kind = TicketKindName(rawValue: "extension")

    package let name = kind
    package let words = KindWords(
        "Longer access", "延长访问",
        facts: [
            "extended": Wording("More time for", "延长"), "ends-now": Wording("Ends now", "当前截止"),
            "ends-then": Wording("Is to end", "延长至"),
        ])
    package let mayBeNarrowed = false
    let access: Access

    package init(access: Access) {
        self.access = access
    }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        let grant = try await access.ticketGrant(
            content.grant, of: opening.requester, in: opening.scope, opening.transaction)
        guard let grant, let end = grant.life.endsAt else { throw AccessError.notFound }
        _ = try grant.life.extended(to: content.endsAt, at: opening.at)
        if grant.isStrict {
            throw FieldErrors(errors: [
                FieldError(pointer: "/content/grant", message: "is emergency access: ask for access instead")
            ])
        }
        guard content.endsAt <= opening.at.addingTimeInterval(Self.furthest),
            content.endsAt <= grant.life.startsAt.addingTimeInterval(Self.longest)
        else {
            throw FieldErrors(errors: [
                FieldError(pointer: "/content/endsAt", message: "must be within thirty days, and a year of its start")
            ])
        }
        return Content(grant: content.grant, endsAt: content.endsAt, name: grant.name, from: end)
    }

    /// What the access is for, so that the same people are asked; for as long as it would be held altogether, so that many
    /// short extensions are no way around what long access needs.
    package func ask(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> TicketAsk {
        let shown = try await access.contents(of: content.grant, in: opening.scope, opening.transaction)
        guard let shown else { throw AccessError.notFound }
        return TicketAsk(
            assets: shown.assets, accounts: shown.accounts, protocols: shown.protocols, actions: shown.actions,
            startsAt: nil, duration: max(60, Int(content.endsAt.timeIntervalSince(shown.startsAt))))
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        var facts = shown.facts.filter { $0.label != "duration" }
        facts.append(TicketFact("extended", [content.name]))
        if let from = content.from { facts.append(TicketFact("ends-now", [Timestamp.text(from)], as: .time)) }
        facts.append(TicketFact("ends-then", [Timestamp.text(content.endsAt)], as: .time))
        return facts
    }

    package func narrowed(_ content: Content, to smaller: Content) throws(TicketError) -> Content {
        guard smaller.grant == content.grant, smaller.endsAt <= content.endsAt else { throw .wider }
        return Content(grant: content.grant, endsAt: smaller.endsAt, name: content.name, from: content.from)
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        let name = try await access.extend(
            content.grant, to: content.endsAt, at: approved.at, in: approved.scope, approved.transaction)
        try await approved.extended(content.grant, name, to: content.endsAt)
        return TicketEffect(grant: content.grant)
    }
}

extension ApprovedTicket {
    /// The record of a grant whose end was moved by this request, with what one by an administrator's word says.
    func extended(_ grant: GrantID, _ name: String, to end: Date) async throws {
        try await audit.also(
            "grant.extended", kind: "grant", id: grant.text, name: name,
            details: ["endsAt": .string(Timestamp.text(end))], in: transaction)
    }
}
