package import Access
package import Audit
import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// Emergency access: given at once, short, recorded strictly, told to everybody, and reviewed afterwards. The levels of such
/// a request are its review; a refusal takes the access back.
package struct BreakGlassKind: RequestKind {
    package struct Content: WireValue, Equatable {
        package let durationSeconds: Int
        /// The rule that allowed it, as it was called then.
        package let rule: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field(
                "durationSeconds", \.durationSeconds, Schema<Int>.int(60...86_400).otherwise(usual),
                note: "An hour if absent; the rule says how long it can be.")
            Field("rule", \.rule, Schema<String>.text(0...100).otherwise(""))
        }
    }

    package static let kind = TicketKindName(rawValue: "break-glass")
    static let usual = 3_600
    /// How long the review may take.
    static let reviewTime = 86_400

    package let name = Self.kind
    package let words = KindWords(
        "Emergency access", "紧急访问", facts: ["break-glass-rule": Wording("By rule", "规则")])
    package let hasOwnDoor = true
    package let mayBeWithdrawn = false
    package let mayBeNarrowed = false
    let access: Access
    let outbox: Outbox
    private var store: BreakGlassStore { BreakGlassStore() }

    package init(access: Access, outbox: Outbox) {
        self.access = access
        self.outbox = outbox
    }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content {
        let errors = draft.ask.missingPlaces
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        let (scope, transaction) = (opening.scope, opening.transaction)
        try await store.hold(in: scope, transaction)
        let standing = try await transaction.first(
            BreakGlassStore.standing(of: opening.requester, in: scope), { try BreakGlassStanding(&$0) })
        let wide = (standing?.rules ?? []).filter {
            $0.gives(draft.ask.actions, for: content.durationSeconds)
        }
        guard !wide.isEmpty,
            let place = try await transaction.first(
                BreakGlassStore.covering(wide, draft.ask.assets, in: scope), { try $0.next(Int.self) })
        else { throw TicketError.noBreakGlass }
        guard standing?.isReviewMissing == false else { throw TicketError.reviewMissing }
        return Content(durationSeconds: content.durationSeconds, rule: wide[place - 1].name)
    }

    /// At once, and for as long as the content says.
    package func ask(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> TicketAsk {
        var ask = draft.ask
        ask.startsAt = nil
        ask.duration = content.durationSeconds
        return ask
    }

    /// One level: whoever would have decided such a request reviews it, or the administrators where nobody would. It is
    /// never left out, however low the risk.
    package func path(
        _ opening: TicketOpening, usual: () async throws -> FlowPlan
    ) async throws -> FlowPlan {
        var plan = try await usual()
        var seats: [Seat] = []
        for seat in plan.levels.flatMap(\.seats) where !seats.contains(where: { $0.user == seat.user }) {
            seats.append(seat)
        }
        if seats.isEmpty {
            let found = try await store.administrators(
                besides: opening.requester, in: opening.scope, opening.transaction)
            let people = try await TicketStore().people(
                Set(found.map(\.user)).union([opening.requester]), in: opening.scope, opening.transaction)
            let able = try await opening.mayDecide(found.map(\.user))
            seats = people.seats(found, of: able, besides: opening.requester)
        }
        guard !seats.isEmpty else { throw TicketError.noApprovers(level: 1) }
        plan.levels = [
            PlannedLevel(
                name: "Review", seats: seats, webhook: plan.levels.first?.webhook, deadline: Self.reviewTime,
                reminder: Self.reviewTime / 2, needsPasskey: plan.levels.contains(where: \.needsPasskey),
                needsComment: plan.levels.reduce(.never) { $0.with($1.needsComment) })
        ]
        plan.approvesItself = false
        plan.isParallel = false
        plan.risk = .high
        plan.unusedAfter = nil
        return plan
    }

    package func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact] {
        shown.facts + [TicketFact("break-glass-rule", [content.rule])]
    }

    package func opened(_ content: Content, _ ticket: ApprovedTicket) async throws -> TicketEffect {
        let (progress, now) = (ticket.progress, ticket.at)
        let end = now.addingTimeInterval(Double(content.durationSeconds))
        var grant = NewGrant(
            ticket: progress.id, name: "Break-glass #\(ticket.number)", user: progress.requester,
            assets: progress.ask.assets, accounts: progress.ask.accounts, protocols: progress.ask.protocols,
            actions: progress.ask.actions, startsAt: now, endsAt: end, createdAt: now)
        grant.isStrict = true
        try await access.give(grant, in: ticket.scope, ticket.transaction)
        try await store.insert(
            grant.id, of: progress.id, by: progress.requester, rule: content.rule, from: now, to: end,
            reviewBy: now.addingTimeInterval(Double(Self.reviewTime)), in: ticket.scope, ticket.transaction)
        try await ticket.audit.also(
            "grant.created", kind: "grant", id: grant.id.text, name: grant.name, in: ticket.transaction)
        try await outbox.publish(
            TicketEvents.breakGlass(progress, ticket.number, until: end, at: now), in: ticket.scope, ticket.transaction)
        return TicketEffect(grant: grant.id)
    }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect {
        try await review(.accepted, approved)
        return .nothing
    }

    package func rejected(_ content: Content, _ ticket: ApprovedTicket) async throws {
        try await review(.objected, ticket)
    }

    private func review(_ outcome: BreakGlassUse.ReviewOutcome, _ ticket: ApprovedTicket) async throws {
        guard let reviewer = ticket.progress.answers.last?.user else { return }
        try await note(
            outcome, on: ticket.progress.id, by: reviewer, remark: "", at: ticket.at, audit: ticket.audit,
            in: ticket.scope, ticket.transaction)
    }

    /// Notes a review; an objection takes back what is still held.
    func note(
        _ outcome: BreakGlassUse.ReviewOutcome, on ticket: TicketID, by user: UserID, remark: String, at now: Date,
        audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let grant = try await store.review(
            ticket, outcome, by: user, remark: remark, at: now, in: scope, transaction)
        guard let grant else { throw TicketError.reviewed }
        if outcome == .objected,
            try await access.revoke(
                grant, because: "A reviewer objected.", by: user, at: now, in: scope, transaction)
        {
            try await audit.also("grant.revoked", kind: "grant", id: grant.text, name: "", in: transaction)
        }
    }
}
