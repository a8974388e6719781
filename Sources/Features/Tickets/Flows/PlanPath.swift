package import FoundationEssentials
package import Kernel
package import Postgres

extension Tickets {
    /// The path that a request takes as things are now: the first flow that is for it, of the nearest organization that has
    /// one, and the people who may decide.
    ///
    /// Throws `unknownAsset`, `noFlow`, and `noApprovers(level:)` when the levels cannot be filled with different people other
    /// than whoever asks. The scope has to be that of the tenant as a whole: people are asked wherever they belong.
    package func plan(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> FlowPlan {
        try await path(draft, by: requester, at: now, in: scope, transaction).plan
    }

    /// The path with the names of its people.
    func path(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> (plan: FlowPlan, names: [UserID: String]) {
        guard let facts = try await paths.facts(draft, by: requester, at: now, in: scope, transaction) else {
            throw TicketError.unknownAsset
        }
        let score = RiskScore(facts)
        let tried = try await flowStore.tried(at: facts.organization, in: scope, transaction)
        guard var flow = tried.first(where: { $0.isFor(facts, score.risk) }) else { throw TicketError.noFlow }
        flow = try await named([flow], in: scope, transaction)[0]
        let seats = try await seats(
            of: flow.id, for: draft.ask, by: requester, at: now, in: scope, transaction)
        let plan = FlowPlan(flow, facts, score, seats)
        if let level = FlowPlan.unfilled(plan.levels.map { (Set($0.seats.map(\.user)), $0.quorum) }) {
            throw TicketError.noApprovers(level: level)
        }
        return (plan, Dictionary(seats.map { ($0.seat.user, $0.name) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Everybody behind a flow who may decide requests, without other accounts of whoever asks, and with one account of each
    /// person.
    private func seats(
        of flow: FlowID, for ask: TicketAsk, by requester: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> [PlacedSeat] {
        let all = try await paths.seats(of: flow, for: ask, by: requester, in: scope, transaction)
        let able = try await deciders.among(
            Array(Set(all.filter { $0.level > 0 }.map(\.seat.user))), now, scope, transaction)
        let behind = all.filter { $0.level == 0 || able.contains($0.seat.user) }
        let users = Set(behind.map(\.seat.user))
        let people = try await store.people(users.union([requester]), in: scope, transaction)
        // The oldest account of a person has the seats, and always the same one.
        let chosen = Dictionary(
            users.map { (people.head(of: $0), $0) }, uniquingKeysWith: { $0.text < $1.text ? $0 : $1 })
        let asking = people.head(of: requester)
        return behind.filter { placed in
            let head = people.head(of: placed.seat.user)
            return head != asking && chosen[head] == placed.seat.user
        }
    }

    var paths: PathStore { PathStore() }
}

extension Flow {
    func isFor(_ facts: DraftFacts, _ risk: TicketRisk) -> Bool {
        isDefault || conditions.fit(facts, risk, strictly: approvesLowRisk)
    }
}

extension FlowPlan {
    /// Pure: the same flow, facts and people give the same path.
    init(_ flow: Flow, _ facts: DraftFacts, _ score: RiskScore, _ seats: [PlacedSeat]) {
        func people(_ level: Int, _ part: String) -> [Seat] {
            seats.filter { $0.level == level && $0.part == part }.map(\.seat)
        }
        let approvesItself = flow.approvesLowRisk && score.risk == .low
        let levels = flow.levels.enumerated().map { index, level in
            let first = people(index + 1, "level")
            let later = people(index + 1, "escalation").filter { seat in !first.contains { $0.user == seat.user } }
            return PlannedLevel(
                name: level.name, seats: first, quorum: level.quorum, webhook: level.webhook, deadline: level.deadline,
                reminder: level.reminder, lapse: level.lapse,
                escalation: level.escalation.flatMap { escalation in
                    later.isEmpty ? nil : PlannedLevel.Escalation(after: escalation.after, seats: later)
                },
                needsPasskey: level.needsPasskey)
        }
        self.init(
            flow: flow.id, flowName: flow.name,
            because: ["organization=\(flow.organizationName)"]
                + (flow.isDefault ? ["default"] : flow.conditions.because(facts, score.risk)),
            risk: score.risk, riskReasons: score.reasons, levels: approvesItself ? [] : levels,
            isParallel: flow.isParallel, approvesItself: approvesItself, copies: people(0, "copy").map(\.user),
            unusedAfter: flow.unusedAfter)
    }
}
