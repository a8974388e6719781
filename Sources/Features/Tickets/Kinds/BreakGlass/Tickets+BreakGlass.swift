package import Access
package import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// The body that takes emergency access.
package struct TakeBreakGlass: WireValue {
    package let reason: String
    package let assets: [AssetID]
    package let accounts: [AccountName]
    package let protocols: [AccessProtocol]
    package let actions: [AccessAction]
    package let durationSeconds: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, Schema<String>.text(1...500).notBlank, note: "Told to everybody who has to know.")
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 1...50))
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 1...20))
        Field(
            "protocols", \.protocols,
            Schema<[AccessProtocol]>.array(of: AccessProtocol.schema, 1...20).otherwise([.ssh]))
        Field(
            "actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 1...20).otherwise([.connect]),
            note: "To connect is always among them; the rule says what else there can be.")
        Field(
            "durationSeconds", \.durationSeconds, Schema<Int>.int(60...86_400).otherwise(BreakGlassKind.usual),
            note: "An hour if absent; the rule says how long it can be.")
    }
}

extension TakeBreakGlass {
    /// The request that comes of it.
    package var draft: TicketDraft {
        TicketDraft(
            kind: BreakGlassKind.kind,
            ask: TicketAsk(
                assets: Array(Set(assets)), accounts: Array(Set(accounts)), protocols: Set(protocols).sorted(),
                actions: Set(actions).union([.connect]).sorted(), startsAt: nil, duration: durationSeconds),
            content: ["durationSeconds": .int(Int64(durationSeconds))], reason: reason)
    }
}

extension Tickets {
    /// Takes emergency access: the grant is there when this returns, and its review is open. `home` is where the assets must
    /// lie.
    package func breakGlass(
        _ request: TakeBreakGlass, by user: UserID, among home: TenantScope? = nil, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Ticket {
        if let home, try await !store.has(request.assets, in: home, database) { throw TicketError.unknownAsset }
        let id = try await open(request.draft, by: user, through: BreakGlassKind.kind, at: now, audit: audit, in: scope)
        return try await find(id, for: user, at: now, in: scope)
    }

    /// What emergency access a person may take; with an asset by those rules alone that are for it.
    package func emergencies(
        of user: UserID, to asset: AssetID? = nil, in scope: TenantScope
    ) async throws -> MyBreakGlass {
        let standing = try await database.first(
            BreakGlassStore.standing(of: user, in: scope), in: scope, { try BreakGlassStanding(&$0) })
        var rules = standing?.rules ?? []
        if let asset, !rules.isEmpty {
            let covering = try await database.query(
                BreakGlassStore.covering(rules, [asset], in: scope), in: scope, { try $0.next(Int.self) })
            rules = covering.map { [rules] in rules[$0 - 1] }
        }
        return MyBreakGlass(
            rules: rules.map {
                MyBreakGlassRule(name: $0.name, actions: $0.actions, maxSeconds: $0.maxSeconds)
            }, isBlocked: standing?.isReviewMissing ?? false)
    }

    /// The rules of emergency access.
    package func breakGlassRules(in scope: TenantScope) async throws -> BreakGlassRules {
        try await emergencies.rules(in: scope, database)
    }

    /// Replaces the rules.
    package func setBreakGlassRules(
        _ request: SetBreakGlassRules, from version: Int?, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> BreakGlassRules {
        try await database.transaction(in: scope) { transaction in
            guard
                try await emergencies.know(
                    groups: request.rules.flatMap(\.groups), organizations: request.rules.compactMap(\.organization),
                    in: scope, transaction)
            else { throw TicketError.unknownApprover }
            let rules = BreakGlassRules(rules: request.rules, version: version ?? 0)
            guard try await emergencies.save(rules, at: now, in: scope, transaction) else {
                throw TicketError.flowChanged
            }
            audit.detail("rules", .array(request.rules.map { .string($0.name) }))
            try await audit.write(in: transaction)
        }
        return try await breakGlassRules(in: scope)
    }

    /// A page of all times that somebody took emergency access.
    package func emergencies(
        _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<BreakGlassUse> {
        Rows(try await emergencies.list(page, at: now, in: scope, database), of: page)
    }

    /// Reviews it after its day is over, in the seat of a reviewer; before, the request is decided like any other.
    package func reviewLate(
        _ id: TicketID, _ request: ReviewBreakGlass, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Ticket {
        try await database.transaction(in: scope) { transaction in
            let progress = try await review(id, by: user, at: now, audit: audit, in: scope, transaction)
            guard progress.state.word == .expired else { throw TicketError.notOpen }
            let outcome: TicketOutcome = request.outcome == .accepted ? .approved : .rejected
            guard
                request.remark.isReadable || !progress.levels.contains(where: { $0.plan.needsComment.covers(outcome) })
            else { throw TicketError.needsComment(outcome) }
            try await BreakGlassKind(access: access, outbox: outbox).note(
                request.outcome, on: id, by: user, remark: request.remark, at: now, audit: audit, in: scope,
                transaction)
            audit.detail("outcome", .string(request.outcome.rawValue))
            try await audit.write(in: transaction)
        }
        return try await find(id, for: user, at: now, in: scope)
    }

    /// Takes emergency access back at once, by the word of a reviewer; the review stays open.
    package func revokeBreakGlass(
        _ id: TicketID, _ request: RevokeBreakGlass, by user: UserID, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Ticket {
        try await database.transaction(in: scope) { transaction in
            _ = try await review(id, by: user, at: now, audit: audit, in: scope, transaction)
            guard let grant = try await emergencies.grant(of: id, in: scope, transaction),
                try await access.revoke(
                    grant, because: request.reason, by: user, at: now, in: scope, transaction)
            else { throw AccessError.notActive }
            audit.detail("reason", .string(request.reason))
            try await audit.write(in: transaction)
        }
        return try await find(id, for: user, at: now, in: scope)
    }

    /// The request, if this person has a seat in its review.
    private func review(
        _ id: TicketID, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> TicketProgress {
        let standing = try await standing(id, of: user, at: now, in: scope, transaction)
        audit.target("ticket", id.text, name: "#\(standing.number)")
        guard standing.progress.kind == BreakGlassKind.kind else { throw TicketError.notFound }
        guard !standing.people.areSame(user, standing.progress.requester) else { throw TicketError.ownTicket }
        // As with every answer: no seat of the person who is reviewed counts, and a seat is worth what its holder may do.
        let seats = standing.progress.levels.flatMap { $0.seats.map(\.user) }
            .filter { !standing.people.areSame($0, standing.progress.requester) }
        guard let seat = seats.contains(user) ? user : seats.first(where: standing.handedOver.contains) else {
            throw TicketError.notYours
        }
        try await deciders.check([user, seat], at: now, in: scope, transaction)
        return standing.progress
    }

    /// Tells everybody again of emergency access that nobody has reviewed in time. Returns how many there were; call again
    /// while it is 500.
    package func tellOfMissingReviews(at now: Date) async throws -> Int {
        let late = try await emergencies.late(at: now, database)
        var failure: (any Error)?
        for (tenant, ticket) in late {
            let scope = TenantScope(tenant: tenant)
            do {
                try await database.transaction(in: scope) { transaction in
                    guard let (number, progress) = try await store.lock(ticket, in: scope, transaction),
                        try await emergencies.tellLate(ticket, at: now, in: scope, transaction) != nil
                    else { return }
                    try await outbox.publish(
                        TicketEvents.unreviewed(progress, number, at: now), in: scope, transaction)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return late.count
    }
}
