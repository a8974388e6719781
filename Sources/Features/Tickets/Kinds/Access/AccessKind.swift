package import Access
import FoundationEssentials
import HTTPAPI
package import Kernel

/// Access to assets for a while: what comes of it is a grant.
package struct AccessKind: RequestKind {
    package struct Content: WireValue, Equatable {
        /// The person's request that this one goes on with, for the same things or fewer.
        package var renews: TicketID?
        /// The person's request that this one was made from.
        package var clones: TicketID?
        /// Its number. Filled when the request is opened, ignored in requests.
        package var number: Int?

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("renews", \.renews, TicketID.schema, note: "An approved request of one's own that ends soon.")
            Field("clones", \.clones, TicketID.schema, note: "A request of one's own that this one was made from.")
            Field("number", \.number, .int(1...Int(Int32.max)), note: "Ignored in requests.")
        }
    }

    package let name = TicketKindName.access
    package let words = KindWords("Access", "访问", facts: ["renews": Wording("Goes on with", "续期自")])
    let access: Access

    package init(access: Access) {
        self.access = access
    }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        var errors = draft.ask.missingPlaces
        if let start = draft.ask.startsAt, !Self.starts(from: opening.at).contains(start) {
            errors.append(
                FieldError(pointer: "/startsAt", message: "must not be past, and within ninety days"))
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        var content = content
        content.number = nil
        if content.renews != nil, content.clones != nil {
            throw FieldErrors(errors: [
                FieldError(pointer: "/content/clones", message: "must be absent where something is renewed")
            ])
        }
        guard let id = content.renews ?? content.clones else { return content }
        let place = content.renews == nil ? "/content/clones" : "/content/renews"
        guard
            let (number, before) = try await TicketStore().lock(id, in: opening.scope, opening.transaction),
            before.requester == opening.requester, before.kind == name
        else {
            throw FieldErrors(errors: [FieldError(pointer: place, message: "must be a request for access of yours")])
        }
        if content.renews != nil { try Self.check(draft.ask, renews: before, at: place) }
        content.number = number
        return content
    }

    /// When access may begin; the clock of whoever asks may be a little behind.
    private static func starts(from now: Date) -> ClosedRange<Date> {
        now.addingTimeInterval(-60)...now.addingTimeInterval(90 * 24 * 3600)
    }

    /// What is renewed was given, and nothing is added to it.
    private static func check(_ ask: TicketAsk, renews before: TicketProgress, at place: String) throws(FieldErrors) {
        guard before.state.word == .approved else {
            throw FieldErrors(errors: [FieldError(pointer: place, message: "must have been approved")])
        }
        guard Set(ask.assets).isSubset(of: before.ask.assets), Set(ask.accounts).isSubset(of: before.ask.accounts),
            Set(ask.protocols).isSubset(of: before.ask.protocols), Set(ask.actions).isSubset(of: before.ask.actions)
        else {
            throw FieldErrors(errors: [
                FieldError(pointer: place, message: "must have been for all of this; ask anew for more")
            ])
        }
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        guard content.renews != nil, let number = content.number else { return shown.facts }
        return [TicketFact("renews", ["#\(number)"])] + shown.facts
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        let (ticket, now) = (approved.progress, approved.at)
        // Approvers saw a window: one that is decided late becomes shorter, and does not move.
        let end = (ticket.ask.startsAt ?? now).addingTimeInterval(Double(ticket.ask.duration))
        guard now < end else { throw TicketError.windowOver }
        let start = max(ticket.ask.startsAt ?? now, now)
        let grant = NewGrant(
            ticket: ticket.id, name: "Request #\(approved.number)", user: ticket.requester, assets: ticket.ask.assets,
            accounts: ticket.ask.accounts, protocols: ticket.ask.protocols, actions: ticket.ask.actions,
            startsAt: start, endsAt: end,
            unusedAfter: ticket.unusedAfter, createdAt: now)
        if let before = content.renews, let id = try await prolonged(before, grant, of: approved) {
            return TicketEffect(grant: id)
        }
        try await access.give(grant, in: approved.scope, approved.transaction)
        try await approved.audit.also(
            "grant.created", kind: "grant", id: grant.id.text, name: grant.name, in: approved.transaction)
        return TicketEffect(grant: grant.id)
    }

    /// The grant of the request that is renewed, with the end of the new one, if both open the same, the new one begins no
    /// sooner and no time lies between them: a session stands on one grant, and whoever works by it works on. Anything else is a grant of its own.
    private func prolonged(
        _ earlier: TicketID, _ grant: NewGrant, of approved: ApprovedTicket
    ) async throws -> GrantID? {
        let (scope, transaction) = (approved.scope, approved.transaction)
        guard let id = try await TicketStore().grant(of: earlier, in: scope, transaction),
            let before = try await access.ticketGrant(id, of: approved.progress.requester, in: scope, transaction),
            !before.isStrict, before.life.isHeld(at: approved.at), let end = before.life.endsAt,
            let later = grant.endsAt, before.life.startsAt <= grant.startsAt, grant.startsAt <= end, end < later,
            let opened = try await access.contents(of: id, in: scope, transaction),
            Set(opened.assets) == Set(grant.assets), Set(opened.protocols) == Set(grant.protocols),
            Set(opened.actions) == Set(grant.actions),
            Set(opened.accounts) == Set(approved.progress.ask.accounts)
        else { return nil }
        let name = try await access.extend(id, as: grant, to: later, at: approved.at, in: scope, transaction)
        try await approved.extended(id, name, to: later)
        return id
    }
}
