import Access
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// Asks for something. `home` is where the assets must lie.
    package func open(
        _ request: OpenTicket, by user: UserID, among home: TenantScope? = nil, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Ticket {
        if let home, try await !store.has(request.assets, in: home, database) { throw TicketError.unknownAsset }
        let id = try await open(TicketDraft(request), by: user, at: now, audit: audit, in: scope)
        return try await find(id, for: user, at: now, in: scope)
    }

    /// Asks for something. Who may decide which level is settled now, and the first level is told.
    ///
    /// Throws `FieldErrors` for what the kind does not take, `noFlow`, `noApprovers(level:)` when the levels cannot be
    /// filled with different people other than the one who asks, `tooManyOpen`, and `unknownAsset`.
    /// `given` is the path of kinds that do not go by flows.
    package func open(
        _ draft: TicketDraft, on given: FlowPlan? = nil, by user: UserID, through door: TicketKindName? = nil,
        at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> TicketID {
        let kind = try kinds.kind(draft.kind)
        guard !kind.hasOwnDoor || door == draft.kind else {
            throw FieldErrors(errors: [FieldError(pointer: "/kind", message: "is asked for at an endpoint of its own")])
        }
        let office = try await office(in: scope)
        let number = try await store.takeNumber(in: scope, database)
        do {
            return try await database.transaction(in: scope) { transaction in
                let routed = try await routed(draft, on: given, by: user, at: now, in: scope, transaction)
                return try await open(
                    routed, number, by: user, from: office, at: now, audit: audit, in: scope, transaction
                ).id
            }
        } catch  where !(error is DatabaseError) {
            // Of the database's own errors it is not sure that nothing came about. What stood in the way is what matters: a
            // number that is not given back is one that no request has.
            try? await store.giveBack(number, in: scope, database)
            throw error
        }
    }

    /// Without an office no webhook is asked.
    func open(
        _ routed: RoutedTicket, _ number: Int, by user: UserID, from office: ApprovalOffice?, at now: Date,
        audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> TicketProgress {
        let (kind, draft, plan) = (routed.kind, routed.draft, routed.plan)
        let progress = TicketProgress(draft, id: .new(at: now), by: user, on: plan, at: now)
        if case .open = progress.state, progress.levels.isEmpty { throw TicketError.noApprovers(level: 1) }
        // Emergency access has an end of its own, and what is waited for at a door has bounds of its own.
        if progress.state.word == .open, draft.kind != BreakGlassKind.kind, !kind.isAwaited {
            try await floors.open(of: user, in: scope, transaction).check()
        }
        try await store.insert(progress, number: number, on: plan, at: now, in: scope, transaction)
        audit.target("ticket", progress.id.text, name: "#\(number)")
        audit.detail("kind", .string(draft.kind.rawValue))
        audit.detail("reason", .string(draft.reason))
        audit.detail("flow", .string(plan.flowName))
        if !plan.because.isEmpty { audit.detail("because", .array(plan.because.map(JSON.string))) }
        if progress.state.word == .approved { audit.detail("outcome", "approved-by-rule") }
        try await audit.write(in: transaction)
        try await outbox.publish(TicketEvents.opened(progress, number, at: now), in: scope, transaction)
        let begun = try await kind.opened(
            ApprovedTicket(
                progress: progress, number: number, at: now, audit: audit, scope: scope, transaction: transaction))
        if let grant = begun.grant { try await store.save(progress, grant: grant, in: scope, transaction) }
        if progress.state.word == .approved {
            try await complete(progress, number, at: now, audit: audit, in: scope, transaction)
            try await outbox.publish(TicketEvents.approved(progress, number, at: now), in: scope, transaction)
        }
        try await ask(levels: progress.openLevels, of: progress, number, from: office, at: now, in: scope, transaction)
        return progress
    }

    /// What comes of a request that everybody has agreed to; saves it.
    func complete(
        _ progress: TicketProgress, _ number: Int, at now: Date, audit: AuditDraft, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let approved = ApprovedTicket(
            progress: progress, number: number, at: now, audit: audit, scope: scope, transaction: transaction)
        let effect = try await kinds.kind(progress.kind).effect(of: approved)
        try await store.save(progress, grant: effect.grant, in: scope, transaction)
        try await wake(progress, in: scope, transaction)
    }
}

extension TicketDraft {
    init(_ request: OpenTicket) {
        self.init(kind: request.kind, ask: TicketAsk(request), content: request.content, reason: request.reason)
    }
}

extension TicketAsk {
    init(_ request: OpenTicket) {
        self.init(
            assets: request.assets.uniqued(), accounts: request.accounts.uniqued(),
            protocols: request.protocols.uniqued(), actions: (request.actions + [.connect]).uniqued(),
            startsAt: request.startsAt, duration: request.durationSeconds)
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it came first.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
